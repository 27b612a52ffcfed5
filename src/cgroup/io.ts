/** The disk I/O controller's side of a container's cgroup. */
export interface Io {
  /** What the group did, by device number (`254:0`), whole disks only; undefined where nothing counts it. */
  read(): ReadonlyMap<string, DiskCounters> | undefined;
}

/** One disk's work for one cgroup and all below it, since the cgroup was made; undefined what this kernel does not count. */
export interface DiskCounters {
  readonly reads: DiskOperation;
  readonly writes: DiskOperation;
  readonly discards: DiskOperation;
  /** Time that the disk was busy with it. */
  readonly busyMillis?: number | undefined;
}

export interface DiskOperation {
  readonly count?: number | undefined;
  readonly bytes?: number | undefined;
  readonly merged?: number | undefined;
  /** Time from request to completion, added up. */
  readonly millis?: number | undefined;
}
