/** Whole milliseconds of CLOCK_MONOTONIC, which is the same for all processes, and never set. */
export function monotonicMillis(): number {
  const [seconds, nanos] = process.hrtime();
  return seconds * 1000 + Math.floor(nanos / 1e6);
}
