import { findLiveLxcfs, NoLiveLxcfsError } from './find-lxcfs.ts';

/** The outcome of a health check. */
export type CheckReport =
  | { readonly healthy: true; readonly directory: string }
  | { readonly healthy: false; readonly state: NoLiveLxcfsError['state']; readonly reason: string };

const PAUSE_MILLIS = 200;

/**
 * Checks that an lxcfs is mounted and answers sensibly, waiting up to `timeoutMillis` for one that is starting. The
 * reason is that of the last look.
 */
export async function checkLxcfs(directory: string | undefined, timeoutMillis: number): Promise<CheckReport> {
  const endsAt = performance.now() + timeoutMillis;
  for (;;) {
    const leftMillis = Math.ceil(endsAt - performance.now());
    const lookMillis = Math.min(MAX_LOOK_MILLIS, Math.max(MIN_LOOK_MILLIS, leftMillis));
    try {
      return { healthy: true, directory: (await findLiveLxcfs(directory, lookMillis)).directory };
    } catch (error) {
      if (!(error instanceof NoLiveLxcfsError)) throw error;
      if (performance.now() + PAUSE_MILLIS >= endsAt) {
        return { healthy: false, state: error.state, reason: error.message };
      }
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLIS));
  }
}

/** Even with a time limit of 0 a healthy lxcfs gets the time that one look takes. */
const MIN_LOOK_MILLIS = 1000;

/** A hung lxcfs may be replaced by a healthy one meanwhile, so one look does not take all of a long time. */
const MAX_LOOK_MILLIS = 3000;
