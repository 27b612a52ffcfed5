import type { Place } from '../place.ts';
import type { OpenFile } from '../read-value.ts';
import type { Tasks } from '../tasks.ts';
import { openTasks as openTasksV1 } from '../v1/tasks.ts';

/** Tasks of cgroup v2; cgroup.procs would be closed (EOPNOTSUPP) in groups of threads, cgroup.threads is open in all. */
export function openTasks(place: Place, open: OpenFile): Tasks {
  return { ...openTasksV1(place, place, open), listName: 'cgroup.threads' };
}
