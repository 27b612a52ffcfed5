/** What of the CPUs' time a container's cgroup may use. */
export interface CpuQuota {
  /** Smallest quota of the group and its ancestors in CPUs, such as 1.5; Infinity without one. */
  quotaCpus(): number;
}

/** What of the CPUs' time a container's cgroup has used. */
export interface CpuUsage {
  /** Of the group that counts. */
  readonly directory: string;
  /** Undefined where the group counts no CPU time (any more). */
  read(): CpuUsageReading | undefined;
}

/** Time used since the group was made, by it and all groups below it. */
export interface CpuUsageReading {
  readonly total: CpuTime;
  /** By the host's CPU number; undefined where the kernel counts only the total. */
  readonly perCpu: readonly CpuTime[] | undefined;
}

/** In USER_HZ ticks, rounded down. */
export interface CpuTime {
  /** Without `niceTicks`. */
  readonly userTicks: number;
  readonly niceTicks: number;
  readonly systemTicks: number;
}

/** The quota in CPUs of a quota and a period in microseconds; Infinity where they limit nothing. */
export function quotaRatio(quotaMicros: number | undefined, periodMicros: number | undefined): number {
  return quotaMicros === undefined || periodMicros === undefined || periodMicros === 0
    ? Infinity
    : quotaMicros / periodMicros;
}
