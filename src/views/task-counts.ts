import type { ViewContext } from './view.ts';

/** How many of a container's tasks run or wait for disks; undefined what is unknown. */
export interface TaskCounts {
  readonly running: number | undefined;
  readonly blocked: number | undefined;
  /** There are no more tasks than this. */
  readonly most: number | undefined;
}

/** Reads what is known of the container's tasks. */
export function gatherTaskCounts({ container }: ViewContext): TaskCounts {
  return { running: undefined, blocked: undefined, most: container.cgroup.tasks?.count() };
}
