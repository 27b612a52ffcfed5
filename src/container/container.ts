import type { Cgroup } from '../cgroup/cgroup.ts';

/** The processes judged by one set of cgroups, as one reader's call found it. */
export interface Container {
  /** The cgroups that count: those of the container's init, or the reader's own (see caller.ts). */
  readonly cgroup: Cgroup;
  /** Pid of the container's init as the daemon numbers it; undefined for a caller in the daemon's own pid namespace. */
  readonly initPid: number | undefined;
  /** Start of the container's init in USER_HZ ticks since boot (/proc/PID/stat field 22); undefined like initPid. */
  readonly initStartTicks: number | undefined;
}
