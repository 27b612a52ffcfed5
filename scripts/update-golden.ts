/** Writes the golden files of all trees anew: `npm run golden`. What changed is then for a person to read, and to judge. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { views } from '../src/views/views.ts';
import { FIXTURES, GOLDEN_FILES, containerFixtures, containerIn } from '../test/fixture.ts';

for (const fixture of containerFixtures) {
  const context = containerIn(`${FIXTURES}/${fixture}`);
  for (const path of GOLDEN_FILES) {
    const golden = `${FIXTURES}/${fixture}/golden/${path}`;
    const text = views.get(path)?.(context);
    mkdirSync(dirname(golden), { recursive: true });
    if (text === undefined) rmSync(golden, { force: true });
    else writeFileSync(golden, text, 'latin1');
  }
}
