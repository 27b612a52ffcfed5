import t from 'tap';
import { type CountLimits, type TaskGroup, countTasks } from '../../src/load/task-count.ts';

function task(id: number, state: string, startTicks: number, inside = id): object {
  return {
    [id]: {
      stat: `${id} (a) (b c) ${state} 1 17 17 0 -1 4194560 162 0 0 0 0 0 0 0 20 0 1 0 ${startTicks} 2424832 224\n`,
      status: `Name:\ta\nTgid:\t${id}\nPPid:\t1\nNSpid:\t${id}\t${inside}\nVmPeak:\t1 kB\n`,
    },
  };
}

const LIMITS: CountLimits = { groups: 64, tasks: 64 };

function countIn(root: string, limits = LIMITS): { result: unknown; turns: number } {
  const group: TaskGroup = { root, initPid: 100, directory: `${root}/group`, listName: 'tasks' };
  const counting = countTasks(group, limits);
  for (let turns = 0; ; turns++) {
    const step = counting.next();
    if (step.done) return { result: step.value, turns };
  }
}

t.test('tasks of the whole subtree, by state; the last is the youngest, in its own number', (t) => {
  const root = t.testdir({
    proc: {
      ...task(100, 'S', 10, 1),
      ...task(101, 'R', 30, 9),
      ...task(102, 'D', 20, 3),
      ...task(103, 'R', 15, 4),
    },
    group: {
      tasks: '100\n101\n',
      deeper: { tasks: '102\n', 'and deeper': { tasks: '103\n104\n0\n' } },
    },
  });
  t.same(countIn(root).result, { running: 2, blocked: 1, total: 5, lastPid: 9 });
  t.end();
});

t.test('a group that is gone', (t) => {
  t.same(countIn(t.testdir({})).result, { running: 0, blocked: 0, total: 0, lastPid: undefined });
  t.end();
});

t.test('many tasks: turns in between, and what is too much is taken to be like the rest', (t) => {
  const ids = Array.from({ length: 400 }, (_, index) => 100 + index);
  const root = t.testdir({
    proc: Object.assign({}, ...ids.map((id) => task(id, id % 2 === 0 ? 'R' : 'S', id))),
    group: { tasks: `${ids.join('\n')}\n` },
  });
  const { result, turns } = countIn(root, { groups: 64, tasks: 100 });
  t.same(result, { running: 200, blocked: 0, total: 400, lastPid: 199 });
  t.ok(turns >= 6);
  t.end();
});

t.test('many groups: only so many are looked at, the upper ones first', (t) => {
  const below = Array.from({ length: 100 }, (_, index) => [
    `g${index}`,
    { tasks: '102\n', deeper: { tasks: '103\n' } },
  ]);
  const root = t.testdir({
    proc: { ...task(100, 'R', 10), ...task(102, 'S', 10), ...task(103, 'D', 10) },
    group: { tasks: '100\n', ...Object.fromEntries(below) },
  });
  const { result } = countIn(root, { groups: 20, tasks: 64 });
  t.match(result, { running: 1, blocked: 0, total: 20 });
  t.end();
});

t.test('groups that cannot be read are passed over', (t) => {
  const root = t.testdir({
    proc: { ...task(100, 'R', 10) },
    group: { tasks: '100\n', unreadable: { tasks: {} } },
  });
  t.match(countIn(root).result, { running: 1, blocked: 0, total: 1 }, 'no file');
  const tooLong = `${root}/${'x'.repeat(250)}`.repeat(20);
  t.match(countIn(tooLong).result, { running: 0, blocked: 0, total: 0 }, 'ENAMETOOLONG');
  t.end();
});
