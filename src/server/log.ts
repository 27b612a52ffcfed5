import type { LogFields, LogLevel } from './protocol.ts';

/** Writes one record of the server's log. */
export type Log = (level: LogLevel, message: string, fields?: LogFields) => void;

const PERIOD_MILLIS = 60_000;

/** Failures of requests, of which there may be thousands: each message at most once a minute, with the number since then. */
export class RateLimit {
  readonly #log: Log;
  readonly #since = new Map<string, { at: number; count: number }>();

  constructor(log: Log) {
    this.#log = log;
  }

  warn(message: string, error: unknown): void {
    const last = this.#since.get(message) ?? { at: Number.NEGATIVE_INFINITY, count: 0 };
    this.#since.set(message, last);
    last.count++;
    const now = performance.now();
    if (now - last.at < PERIOD_MILLIS) return;
    this.#log('warn', message, { error: describe(error), times: last.count });
    last.at = now;
    last.count = 0;
  }
}

/** An error with its stack and its causes. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${describe(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
