import { statfs } from 'node:fs/promises';
import { withTimeLimit } from './time-limit.ts';

const INTERVAL_MILLIS = 3_000;
/** Far above what a busy host may take: a server that is ended in vain costs its readers a moment. */
const ANSWER_LIMIT_MILLIS = 10_000;

/**
 * Asks the mount for an answer every now and then, for a server that lives but does not answer hangs its readers, and calls
 * `onHung` where none comes. Returns what stops it.
 */
export function startWatchdog(mountPoint: string, onHung: () => void): () => void {
  let asking = false;
  const ask = async (): Promise<void> => {
    asking = true;
    // An error is an answer. The call is asynchronous, and of a process that does not serve the mount.
    const answered = statfs(mountPoint).then(
      () => true,
      () => true,
    );
    if (!(await withTimeLimit(answered, ANSWER_LIMIT_MILLIS, false))) {
      onHung();
      await withTimeLimit(answered, ANSWER_LIMIT_MILLIS, false);
    }
    asking = false;
  };
  const timer = setInterval(() => {
    if (!asking) void ask();
  }, INTERVAL_MILLIS).unref();
  return () => clearInterval(timer);
}
