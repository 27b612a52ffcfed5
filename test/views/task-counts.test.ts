import t from 'tap';
import { gatherTaskCounts } from '../../src/views/task-counts.ts';
import { FIXTURES, containerIn } from '../fixture.ts';

t.test('where the load cannot be gathered, the number of tasks is known all the same', (t) => {
  const context = containerIn(`${FIXTURES}/v2`, { enableLoadavg: true });
  const broken = { ...context, stateDirectory: `${context.stateDirectory}/${'x'.repeat(300)}` };
  const tasks = { directory: '/nowhere', listName: 'tasks', count: () => 7 } as const;
  const container = { ...context.container, cgroup: { ...context.container.cgroup, tasks } };
  t.same(gatherTaskCounts({ ...broken, container }), { running: undefined, blocked: undefined, most: 7 });
  context.container.cgroup.close();
  t.end();
});
