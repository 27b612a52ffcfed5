import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';
import { views } from '../../src/views/views.ts';
import { FIXTURES, GOLDEN_FILES, containerFixtures, containerIn } from '../fixture.ts';

for (const fixture of containerFixtures) {
  t.test(`${fixture} renders as its golden files say`, (t) => {
    const context = containerIn(`${FIXTURES}/${fixture}`);
    for (const path of GOLDEN_FILES) {
      const golden = `${FIXTURES}/${fixture}/golden/${path}`;
      const expected = existsSync(golden) ? readFileSync(golden, 'latin1') : undefined;
      t.equal(views.get(path)?.(context), expected, path);
    }
    context.container.cgroup.close();
    t.end();
  });
}

t.test("no number of the host's own use is in any container's file", (t) => {
  // In the hand-made trees every such number has the digits 777.
  for (const fixture of containerFixtures.filter((name) => name !== 'v1-hybrid' && name !== 'v2')) {
    const context = containerIn(`${FIXTURES}/${fixture}`);
    for (const path of GOLDEN_FILES) {
      const text = views.get(path)?.(context);
      if (text !== undefined) t.notMatch(text, /777/, `${fixture}: ${path}`);
    }
  }
  t.end();
});
