import t from 'tap';
import { renderStat } from '../../../src/views/proc/stat.ts';

const HOST_LINES = `intr 272114 0 0 7
ctxt 720182
btime 1795301196
processes 6977
procs_running 3
procs_blocked 2
softirq 143159 0 17104
`;

const columns = [
  [10, 1, 5, 84, 0, 0, 0, 0, 0, 0],
  [20, 0, 7, 73, 0, 0, 0, 0, 0, 0],
];
const times = { shownCpus: [0, 3], columns, ageTicks: 100 };
const UNKNOWN = { running: undefined, blocked: undefined, most: undefined };

t.equal(
  renderStat({ times, hostLines: HOST_LINES, tasks: UNKNOWN }),
  `cpu  30 1 12 157 0 0 0 0 0 0
cpu0 10 1 5 84 0 0 0 0 0 0
cpu3 20 0 7 73 0 0 0 0 0 0
${HOST_LINES}`,
);

for (const [name, tasks, running, blocked] of [
  ['known', { running: 1, blocked: 0, most: 9 }, 1, 0],
  ['no more than there are', { running: undefined, blocked: undefined, most: 1 }, 1, 0],
  ['not more than there are together', { running: undefined, blocked: undefined, most: 4 }, 3, 1],
  ["fewer than the host's", { running: undefined, blocked: undefined, most: 9 }, 3, 2],
] as const) {
  const text = renderStat({ times, hostLines: HOST_LINES, tasks });
  t.match(text, `\nprocs_running ${running}\nprocs_blocked ${blocked}\nsoftirq `, name);
}

t.equal(
  renderStat({ times: { ...times, shownCpus: [], columns: [] }, hostLines: '', tasks: UNKNOWN }),
  'cpu  0 0 0 0 0 0 0 0 0 0\n',
  'a host file without lines behind the CPUs',
);
