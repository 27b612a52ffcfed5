import t from 'tap';
import { renderOnline } from '../../../../../../src/views/sys/devices/system/cpu/cpu-lists.ts';

const CASES: readonly (readonly [readonly number[], string])[] = [
  [[0], '0\n'],
  [[1], '1\n'],
  [[0, 2, 3], '0,2-3\n'],
];
for (const [shownCpus, text] of CASES) {
  t.equal(renderOnline({ hostCpus: shownCpus, shownCpus, isCutByQuota: false }), text);
}
