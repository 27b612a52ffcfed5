/** tap's coverage map: test/X.test.ts covers src/X.ts. */
export default (test) => test.replace(/^test\//, 'src/').replace(/\.test\.ts$/, '.ts');
