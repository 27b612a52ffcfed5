import { gatherLoad } from './container-load.ts';
import type { ViewContext } from './view.ts';

/** How many of a container's tasks run or wait for disks; undefined what is unknown. */
export interface TaskCounts {
  readonly running: number | undefined;
  readonly blocked: number | undefined;
  /** There are no more tasks than this. */
  readonly most: number | undefined;
}

/** Reads what is known of the container's tasks: what was counted for its load, or at least how many there are. */
export function gatherTaskCounts(context: ViewContext): TaskCounts {
  const load = gatherLoad(context);
  return { running: load?.running, blocked: load?.blocked, most: context.container.cgroup.tasks?.count() };
}
