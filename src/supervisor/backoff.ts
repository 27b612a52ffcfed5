/** Ends within this time count towards each other. */
const WINDOW_MILLIS = 60_000;
/** Restarts that happen at once before waiting begins. */
const FREE_RESTARTS = 3;
const FIRST_WAIT_MILLIS = 50;
const LONGEST_WAIT_MILLIS = 5_000;

/** How long to wait before a server is started again, which ended at `nowMillis` as at the other `earlier` times. */
export function waitBeforeRestart(earlier: readonly number[], nowMillis: number): number {
  const recent = earlier.filter((at) => nowMillis - at < WINDOW_MILLIS).length;
  if (recent < FREE_RESTARTS) return 0;
  return Math.min(LONGEST_WAIT_MILLIS, FIRST_WAIT_MILLIS * 2 ** (recent - FREE_RESTARTS));
}
