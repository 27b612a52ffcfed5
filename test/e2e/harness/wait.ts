import { setTimeout as sleep } from 'node:timers/promises';
import { slowness } from './pace.ts';

const POLL_MILLIS = 20;

/**
 * Waits until `look` gives something other than undefined, and returns it.
 * Throws an error that names `what` when it has not after `limitMillis` (longer on a slow machine).
 */
export async function until<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
  limitMillis = 5000,
): Promise<T> {
  const deadline = Date.now() + limitMillis * slowness;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${limitMillis * slowness} ms`);
    await sleep(POLL_MILLIS);
  }
}

/** As {@link until}, without an event loop, for the end of a test; false when the time was up. */
export function untilSync(look: () => boolean, limitMillis: number): boolean {
  const deadline = Date.now() + limitMillis * slowness;
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  while (!look()) {
    if (Date.now() > deadline) return false;
    Atomics.wait(nobody, 0, 0, POLL_MILLIS);
  }
  return true;
}
