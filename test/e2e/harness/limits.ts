import type { Scope } from './cleanup.ts';

/** What a cgroup may be limited to; what is left out is not limited. */
export interface Limits {
  readonly memoryBytes?: number;
  /** Swap in addition to the memory; needs `memoryBytes`. */
  readonly swapBytes?: number;
  /** As in cpuset.cpus: `0`, `0-1`. */
  readonly cpus?: string;
  /** CPU time per time: 1.5 is one and a half CPUs, Infinity takes the limit away. */
  readonly quota?: number;
  /** Gets CPU time before everything else on the machine. */
  readonly isUrgent?: boolean;
  /**
   * A disk that may be read no faster than this; of no consequence if it is fast enough. On v1 newer kernels count only the I/O of
   * disks for which there is such a rule.
   */
  readonly disk?: { readonly device: string; readonly bytesPerSecond: number };
}

/** A cgroup that a test made, in every hierarchy that this machine has. */
export interface TestCgroup {
  /** The path of the cgroup, the same in every hierarchy: `/lxcfs-e2e-4711-1`. */
  readonly path: string;
  /** The files that a pid is written to so that the process joins. */
  readonly procsFiles: readonly string[];
  /** Sets limits, or changes them. */
  limit(limits: Limits): void;
  /** Lets the cgroups inside have limits, too; on v2 this one then takes no process itself. */
  delegate(): void;
  /** Makes a cgroup inside this one, without limits of its own. */
  child(t: Scope, name: string): TestCgroup;
}

/** Length of the CFS period that quotas are set for. */
export const PERIOD_MICROS = 100_000;
