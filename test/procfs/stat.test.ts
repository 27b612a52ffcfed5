import t from 'tap';
import { parseStat, parseStatColumns } from '../../src/procfs/stat.ts';

const REST = 'intr 272114 0 0 7\nctxt 720182\nbtime 1795301196\nprocs_running 3\nprocs_blocked 0\n';

t.test('CPUs and the rest', (t) => {
  const { cpus, rest } = parseStat(
    `cpu  30 0 20 100 0 0 0 0 0 0\ncpu0 10 0 5 50 0 0 0 0 0 0\ncpu3 20 0 15 50 1 2 3 4 5 6\n${REST}`,
  );
  t.same(
    [...cpus],
    [
      [0, '10 0 5 50 0 0 0 0 0 0'],
      [3, '20 0 15 50 1 2 3 4 5 6'],
    ],
  );
  t.equal(rest, REST);
  t.end();
});

t.test('cut short', (t) => {
  t.same(parseStat(''), { cpus: new Map(), rest: '' });
  t.same([...parseStat('cpu  30 0 20\ncpu0 10 0').cpus], []);
  t.end();
});

t.same(parseStatColumns('20 0 15 5000000000 1 2 3 4 5 6'), [20, 0, 15, 5_000_000_000, 1, 2, 3, 4, 5, 6]);
