import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandName } from '../procfs/command-name.ts';
import { isServing } from '../server/is-serving.ts';
import { closeDescriptor, pidfdGetfd, pidfdOpen } from '../native/pidfd.ts';
import { parsePidStat } from '../procfs/pid-stat.ts';
import { readSession, type SessionRecord } from '../server/session.ts';

/** A server whose supervisor is dead and which goes on serving. */
export interface Orphan {
  /** A copy of its descriptor of /dev/fuse: holding it keeps the mount alive. */
  readonly fuseFd: number;
  readonly session: SessionRecord;
}

/** How the search for an orphan ended. */
export type OrphanSearch =
  | { readonly kind: 'found'; readonly orphan: Orphan }
  /** The server belongs to a supervisor that lives, or the mount is not one of ours. */
  | { readonly kind: 'none' }
  /** There is one, but its descriptor cannot be had. */
  | { readonly kind: 'refused'; readonly session: SessionRecord; readonly error: unknown };

const POLL_MILLIS = 2;
const STOP_LIMIT_MILLIS = 1_000;

/** Looks for the orphan that serves the mount of a state directory, and takes a copy of its descriptor (Linux 5.6). */
export function findOrphan(stateDirectory: string): OrphanSearch {
  const session = readSession(stateDirectory);
  if (session === undefined || !isOrphan(session)) return { kind: 'none' };
  try {
    const pidfd = pidfdOpen(session.serverPid);
    try {
      // From here on the pid cannot come to mean another process unnoticed.
      if (!isOrphan(session)) return { kind: 'none' };
      return { kind: 'found', orphan: { fuseFd: pidfdGetfd(pidfd, session.fuseFd), session } };
    } finally {
      closeDescriptor(pidfd);
    }
  } catch (error) {
    return { kind: 'refused', session, error };
  }
}

/** Ends an orphan: at a request boundary when it can, for good when it does not. */
export async function endOrphan({ serverPid, fuseFd }: SessionRecord): Promise<void> {
  for (const [signal, limitMillis] of [
    ['SIGTERM', STOP_LIMIT_MILLIS],
    ['SIGKILL', STOP_LIMIT_MILLIS],
  ] as const) {
    if (!isServing(serverPid, fuseFd) || !send(serverPid, signal)) return;
    for (let waited = 0; waited < limitMillis; waited += POLL_MILLIS) {
      if (!isServing(serverPid, fuseFd)) return;
      await sleep(POLL_MILLIS);
    }
  }
}

function isOrphan({ serverPid, fuseFd }: SessionRecord): boolean {
  if (!isServing(serverPid, fuseFd)) return false;
  const stat = parsePidStat(readFileSync(`/proc/${serverPid}/stat`, 'latin1'));
  return stat !== undefined && commandName(stat.parentPid) !== 'lxcfs';
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false; // ESRCH
  }
}
