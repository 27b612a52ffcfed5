import type { Daemon } from './daemon.ts';
import { until } from './wait.ts';

const LIMIT_MILLIS = 60_000;

/** Waits until a daemon's log has so many matches. */
export async function logged(daemon: Daemon, pattern: RegExp, count = 1): Promise<void> {
  const matches = new RegExp(pattern, 'g');
  await until(
    `${pattern} in the log, ${count} times`,
    () => ((daemon.log().match(matches)?.length ?? 0) >= count ? true : undefined),
    LIMIT_MILLIS,
  ).catch((cause: unknown) => {
    throw new Error(daemon.log(), { cause });
  });
}
