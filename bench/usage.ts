import { readdirSync, readFileSync } from 'node:fs';

/** CPU time in microseconds that the threads of processes have used so far: the first number of /proc/PID/task/TID/schedstat. */
export function cpuMicros(pids: readonly number[]): number {
  const nanoseconds = pids.flatMap((pid) =>
    readdirSync(`/proc/${pid}/task`).map((thread) => {
      const [used] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ');
      return Number(used);
    }),
  );
  return sum(nanoseconds) / 1000;
}

/**
 * Memory of processes in MiB, what they share counted once: Pss of /proc/PID/smaps_rollup; or Pss_Anon, that without the pages of
 * programs, which the kernel can take away and read again.
 */
export function memoryMebibytes(pids: readonly number[], kind: 'Pss' | 'Pss_Anon' = 'Pss'): number {
  const kilobytes = pids.map((pid) => {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
    const [, value] = new RegExp(`^${kind}:\\s+(\\d+) kB$`, 'm').exec(text) ?? [];
    return Number(value);
  });
  return sum(kilobytes) / 1024;
}

/** The sum of numbers. */
export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** The middle one of numbers, or the mean of the middle two; NaN of none. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}
