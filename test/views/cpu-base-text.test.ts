import t from 'tap';
import type { CpuBase } from '../../src/views/cpu-base.ts';
import { formatBase, parseBase } from '../../src/views/cpu-base-text.ts';
import { lastingBytes } from '../lasting-bytes.ts';

const BASE: CpuBase = {
  share: { hostCpus: [0, 2], shownCpus: [0, 1], capacityCpus: 1.5, isCountedPerCpu: true },
  sample: {
    ageTicks: 91011,
    usage: {
      total: { userTicks: 2221, niceTicks: 3, systemTicks: 1165 },
      perCpu: [
        { userTicks: 2000, niceTicks: 1, systemTicks: 1000 },
        { userTicks: 0, niceTicks: 0, systemTicks: 0 },
        { userTicks: 221, niceTicks: 2, systemTicks: 165 },
      ],
    },
  },
  columns: new Map([[0, { userTicks: 2100, niceTicks: 4, systemTicks: 1100, idleTicks: 80000 }]]),
};

const TEXT = `/sys/fs/cgroup/docker/3f2a
91011 1.5 1 2221 3 1165
0 0 2000 1 1000 2100 4 1100 80000
2 1 221 2 165 0 0 0 0
`;

t.equal(formatBase({ directory: '/sys/fs/cgroup/docker/3f2a', base: BASE }), TEXT);

const parsed = parseBase(TEXT);
t.equal(parsed?.directory, '/sys/fs/cgroup/docker/3f2a');
t.same(parsed?.base.share, BASE.share);
t.equal(parsed?.base.sample.ageTicks, 91011);
t.equal(parsed && formatBase(parsed), TEXT, 'and back');

for (let length = 0; length < TEXT.length; length++) {
  if (TEXT[length - 1] === '\n' && length > TEXT.indexOf('\n0 0')) continue; // a base of fewer CPUs
  if (parseBase(TEXT.slice(0, length)) !== undefined) t.fail(`cut short at ${length}`);
}
for (const [from, to] of [
  ['91011', 'NaN'],
  ['91011', '-1'],
  ['1.5', 'Infinity'],
  ['80000', 'x'],
  ['80000', ''],
  ['80000', '80000 1'],
] as const) {
  t.equal(parseBase(TEXT.replace(from, to)), undefined, `${from} is "${to}"`);
}

t.ok(lastingBytes(() => parseBase(TEXT)) < 50, 'bases are of one shape');
