import { setTimeout as sleep } from 'node:timers/promises';

/** The promise's outcome, or `instead` once `limitMillis` have passed without one. */
export async function withTimeLimit<T, U>(
  promise: Promise<T>,
  limitMillis: number,
  instead: U,
): Promise<T | U> {
  const stopped = new AbortController();
  const timer = sleep(limitMillis, instead, { signal: stopped.signal }).catch(() => instead);
  try {
    return await Promise.race([promise, timer]);
  } finally {
    stopped.abort();
  }
}
