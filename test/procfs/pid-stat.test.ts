import t from 'tap';
import { parsePidStat } from '../../src/procfs/pid-stat.ts';

const AFTER_NAME =
  'S 1 17 17 0 -1 4194560 162 0 0 0 0 0 0 0 20 0 1 0 89141 2424832 224 18446744073709551615 1 1 0';

for (const name of ['init', 'a b', 'a) (b c', ') R 9 9', '']) {
  t.same(
    parsePidStat(`4711 (${name}) ${AFTER_NAME}\n`),
    { state: 'S', parentPid: 1, startTicks: 89141 },
    `named "${name}"`,
  );
}
for (const text of ['', '17 (init', '17 (init) S 1 17', `17 (init) ${AFTER_NAME.slice(0, 50)}`]) {
  t.equal(parsePidStat(text), undefined, `"${text}" is cut short`);
}
