import t from 'tap';
import { type Loads, advanceLoads, formatLoad, seedLoads } from '../../src/load/load-average.ts';

/** Results of calc_load and calc_load_n of the kernel (kernel/sched/loadavg.c), from those formulas compiled with gcc. */
const KERNEL: readonly (readonly [loads: Loads, active: number, steps: number, result: Loads])[] = [
  [[0, 0, 0], 1, 1, [164, 34, 11]],
  [[0, 0, 0], 2, 1, [328, 68, 22]],
  [[163, 33, 10], 2, 1, [478, 101, 32]],
  [[2048, 2048, 2048], 0, 1, [1884, 2014, 2037]],
  [[2048, 2048, 2048], 0, 2, [1733, 1981, 2026]],
  [[2048, 2048, 2048], 0, 3, [1594, 1948, 2015]],
  [[2048, 2048, 2048], 0, 7, [1141, 1822, 1972]],
  [[5000, 4000, 3000], 1, 12, [3130, 3646, 2940]],
  [[100, 200, 300], 4, 60, [8137, 5242, 2489]],
  [[100, 200, 300], 4, 720, [8192, 8192, 8031]],
  [[1, 1, 1], 0, 1, [0, 0, 0]],
  [[204800, 204800, 204800], 500, 5, [484400, 270400, 226800]],
  [[4096000, 4096000, 4096000], 10000, 1, [5408000, 4368000, 4184000]],
];

for (const [loads, active, steps, result] of KERNEL) {
  t.same(advanceLoads(loads, active, steps), result, `${loads.join(' ')}, ${active} active, ${steps} steps`);
}

t.same(seedLoads(3), [6144, 6144, 6144], 'as if they had been active for ever');
t.same(advanceLoads(seedLoads(3), 3, 1000), seedLoads(3), 'and so it stays');
t.same(advanceLoads([1, 2, 3], 5, 0), [1, 2, 3], 'nothing is due');

for (const [load, text] of [
  [0, '0.00'],
  [10, '0.00'],
  [11, '0.01'],
  [634, '0.31'],
  [2037, '0.99'],
  [2038, '1.00'],
  [2048, '1.00'],
  [3072, '1.50'],
  [2_048_000, '1000.00'],
] as const) {
  t.equal(formatLoad(load), text, `${load} in parts of 2048`);
}
