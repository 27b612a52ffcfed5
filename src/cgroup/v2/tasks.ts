import { Controller } from '../controller.ts';
import type { Group } from '../group.ts';
import { type Tasks, readTaskCount } from '../tasks.ts';

/** Tasks of cgroup v2; cgroup.procs would be closed (EOPNOTSUPP) in groups of threads, cgroup.threads is open in all. */
export function openTasks(group: Group): Tasks {
  return new TasksV2(group);
}

class TasksV2 extends Controller implements Tasks {
  get listName(): Tasks['listName'] {
    return 'cgroup.threads';
  }

  count(): number | undefined {
    return readTaskCount(this.group);
  }
}
