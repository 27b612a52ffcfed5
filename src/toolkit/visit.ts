import type { MountTable } from './mount-table.ts';

/** A thread's stay in a container's mount namespace. */
export interface Visit {
  /** The root directory of the namespace, as a place. */
  readonly rootFd: number;
  readonly table: MountTable;
  /** Peer groups of the host's mounts: what happens on a mount that shares into one of them would reach the host. */
  readonly hostGroups: ReadonlySet<string>;
}
