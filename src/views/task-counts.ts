import { isShortage } from '../procfs/kernel-file.ts';
import { gatherLoad } from './container-load.ts';
import type { LoadRecord } from '../load/load-record.ts';
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
  const load = loadOrNothing(context);
  return { running: load?.running, blocked: load?.blocked, most: context.container.cgroup.tasks?.count() };
}

/** The rest of what is shown does not depend on the load, and is not to be lost with it. */
function loadOrNothing(context: ViewContext): LoadRecord | undefined {
  try {
    return gatherLoad(context);
  } catch (error) {
    if (isShortage(error)) throw error;
    return undefined;
  }
}
