import { writeSync } from 'node:fs';

/** How long a full pipe or terminal may hold the daemon up, in milliseconds. */
const PATIENCE_MILLIS = 1_000;

/**
 * Writes all of `text` to a descriptor, also to a non-blocking one. What a reader does not take in a second, or what has
 * no reader any more (EPIPE), is dropped: a daemon does not stop for its log.
 */
export function writeWhole(fd: number, text: string): void {
  let rest = Buffer.from(text);
  const deadline = Date.now() + PATIENCE_MILLIS;
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      if (!isBusy(error) || Date.now() > deadline) return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}
