import type { Scope } from './cleanup.ts';

/** What a cgroup may be limited to; what is left out is not limited. */
export interface Limits {
  readonly memoryBytes?: number;
  /** Swap in addition to the memory; needs `memoryBytes`. */
  readonly swapBytes?: number;
  /** As in cpuset.cpus: `0`, `0-1`. */
  readonly cpus?: string;
  /** CPU time per time: 1.5 is one and a half CPUs. */
  readonly quota?: number;
}

/** A cgroup that a test made, in every hierarchy that this machine has. */
export interface TestCgroup {
  /** The path of the cgroup, the same in every hierarchy: `/lxcfs-e2e-4711-1`. */
  readonly path: string;
  /** The files that a pid is written to so that the process joins. */
  readonly procsFiles: readonly string[];
  /** Sets limits, or changes them. */
  limit(limits: Limits): void;
  /** Makes a cgroup inside this one, without limits of its own. */
  child(t: Scope, name: string): TestCgroup;
}

/** Length of the CFS period that quotas are set for. */
export const PERIOD_MICROS = 100_000;
