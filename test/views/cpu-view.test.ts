import t from 'tap';
import { cpuViewOf } from '../../src/views/cpu-view.ts';

const ALLOWED = [0, 2, 3];

const CASES = [
  { quotaCpus: Infinity, enableCfs: false, hostCpus: [0, 2, 3], shownCpus: [0, 2, 3], isCutByQuota: false },
  { quotaCpus: 1.5, enableCfs: false, hostCpus: [0, 2, 3], shownCpus: [0, 2, 3], isCutByQuota: false },
  { quotaCpus: Infinity, enableCfs: true, hostCpus: [0, 2, 3], shownCpus: [0, 1, 2], isCutByQuota: false },
  { quotaCpus: 3, enableCfs: true, hostCpus: [0, 2, 3], shownCpus: [0, 1, 2], isCutByQuota: false },
  { quotaCpus: 2.5, enableCfs: true, hostCpus: [0, 2, 3], shownCpus: [0, 1, 2], isCutByQuota: false },
  { quotaCpus: 1.5, enableCfs: true, hostCpus: [0, 2], shownCpus: [0, 1], isCutByQuota: true },
  { quotaCpus: 0.5, enableCfs: true, hostCpus: [0], shownCpus: [0], isCutByQuota: true },
  { quotaCpus: 0, enableCfs: true, hostCpus: [0], shownCpus: [0], isCutByQuota: true },
] as const;

for (const { quotaCpus, enableCfs, ...expected } of CASES) {
  t.same(cpuViewOf(ALLOWED, quotaCpus, enableCfs), expected, `quota ${quotaCpus}, --enable-cfs ${enableCfs}`);
}
