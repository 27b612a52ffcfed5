import { readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandName } from '../procfs/command-name.ts';
import { SERVER_NAME } from '../server/protocol.ts';
import { closeDescriptor, pidfdGetfd, pidfdOpen } from '../native/pidfd.ts';
import { parseProcessStatus } from '../container/process-status.ts';
import { readSession, type SessionRecord } from '../server/session.ts';

/** A server whose supervisor is dead and which goes on serving. */
export interface Orphan {
  readonly pid: number;
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
  | { readonly kind: 'refused'; readonly pid: number; readonly error: unknown };

const POLL_MILLIS = 2;
const STOP_LIMIT_MILLIS = 1_000;

/** Looks for the orphan that serves the mount of a state directory, and takes a copy of its descriptor (Linux 5.6). */
export function findOrphan(stateDirectory: string): OrphanSearch {
  const session = readSession(stateDirectory);
  if (session === undefined || !isOrphan(session)) return { kind: 'none' };
  const pid = session.serverPid;
  try {
    const pidfd = pidfdOpen(pid);
    try {
      // From here on the pid cannot come to mean another process unnoticed.
      if (!isOrphan(session)) return { kind: 'none' };
      return { kind: 'found', orphan: { pid, fuseFd: pidfdGetfd(pidfd, session.fuseFd), session } };
    } finally {
      closeDescriptor(pidfd);
    }
  } catch (error) {
    return { kind: 'refused', pid, error };
  }
}

/** Ends an orphan: at a request boundary when it can, for good when it does not. */
export async function endOrphan(pid: number): Promise<void> {
  for (const [signal, limitMillis] of [
    ['SIGTERM', STOP_LIMIT_MILLIS],
    ['SIGKILL', STOP_LIMIT_MILLIS],
  ] as const) {
    if (!send(pid, signal)) return;
    for (let waited = 0; waited < limitMillis; waited += POLL_MILLIS) {
      if (!isServer(pid)) return;
      await sleep(POLL_MILLIS);
    }
  }
}

function isOrphan({ serverPid, fuseFd }: SessionRecord): boolean {
  if (!isServer(serverPid)) return false;
  try {
    if (readlinkSync(`/proc/${serverPid}/fd/${fuseFd}`) !== '/dev/fuse') return false;
    const status = parseProcessStatus(readFileSync(`/proc/${serverPid}/status`, 'latin1'));
    return status !== undefined && commandName(status.parentPid) !== 'lxcfs';
  } catch {
    return false; // it ended meanwhile
  }
}

function isServer(pid: number): boolean {
  return commandName(pid) === SERVER_NAME;
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false; // ESRCH
  }
}
