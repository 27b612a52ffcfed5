import t from 'tap';
import { renderUptime } from '../../../src/views/proc/uptime.ts';

function uptimeOf(ageTicks: number, idleTicks: readonly [number, number]): string {
  const columns = idleTicks.map((idle) => [5, 0, 7, idle, 0, 0, 0, 0, 0, 0]);
  return renderUptime({ shownCpus: [0, 2], ageTicks, columns });
}

t.equal(uptimeOf(91011, [90000, 82915]), '910.11 1729.15\n');
t.equal(uptimeOf(7, [0, 4]), '0.07 0.04\n');
t.equal(uptimeOf(0, [0, 0]), '0.00 0.00\n');
t.equal(uptimeOf(3_153_600_099, [3_153_600_000, 99]), '31536000.99 31536000.99\n', 'a year');
t.equal(
  uptimeOf(2, [429_352, 429_000]),
  '0.02 0.04\n',
  'a young container in the root group of an old machine',
);
