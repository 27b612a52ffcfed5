import type { Group } from '../group.ts';
import type { Tasks } from '../tasks.ts';
import { openTasks as openTasksV1 } from '../v1/tasks.ts';

/** Tasks of cgroup v2; cgroup.procs would be closed (EOPNOTSUPP) in groups of threads, cgroup.threads is open in all. */
export function openTasks(group: Group): Tasks {
  return { ...openTasksV1(group, group), listName: 'cgroup.threads' };
}
