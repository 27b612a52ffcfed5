import { Controller } from '../controller.ts';
import type { Group } from '../group.ts';
import { type Tasks, readTaskCount } from '../tasks.ts';

/** Tasks of cgroup v1, listed by any hierarchy and counted by that of the pids controller, where there is one. */
export function openTasks(group: Group, pids: Group | undefined): Tasks {
  return new TasksV1(group, pids);
}

class TasksV1 extends Controller implements Tasks {
  readonly #pids: Group | undefined;

  constructor(group: Group, pids: Group | undefined) {
    super(group);
    this.#pids = pids;
  }

  get listName(): Tasks['listName'] {
    return 'tasks';
  }

  count(): number | undefined {
    return this.#pids && readTaskCount(this.#pids);
  }
}
