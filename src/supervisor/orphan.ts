import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandName } from '../procfs/command-name.ts';
import { isServing, serversOf } from '../server/is-serving.ts';
import { closeDescriptor, pidfdGetfd, pidfdOpen } from '../native/pidfd.ts';
import { parsePidStat } from '../procfs/pid-stat.ts';
import { readSession, type SessionRecord } from '../server/session.ts';

/** A server whose supervisor is dead, and which goes on serving, or stands by. */
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
/** Each time that the orphans have been ended, another may have been loaded meanwhile. */
const MOST_ROUNDS = 5;

/** Looks for an orphan of the mount of a state directory, and takes a copy of its descriptor (Linux 5.6). */
export function findOrphan(stateDirectory: string): OrphanSearch {
  const session = readSession(stateDirectory);
  if (session === undefined) return { kind: 'none' };
  // The one that serves; or, since that may have died just now, one that is about to take its place.
  const [pid] = orphansOf(stateDirectory, session).toReversed();
  if (pid === undefined) return { kind: 'none' };
  const { fuseFd } = session;
  try {
    const pidfd = pidfdOpen(pid);
    try {
      // From here on the pid cannot come to mean another process unnoticed.
      if (!isOrphan(pid, fuseFd)) return { kind: 'none' };
      return { kind: 'found', orphan: { pid, fuseFd: pidfdGetfd(pidfd, fuseFd), session } };
    } finally {
      closeDescriptor(pidfd);
    }
  } catch (error) {
    return { kind: 'refused', pid, error };
  }
}

/**
 * Ends all orphans of a mount: those that stand by first, so that none takes the place of another; at a request boundary
 * where they can, for good where they do not.
 */
export async function endOrphans(stateDirectory: string): Promise<void> {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const session = readSession(stateDirectory);
    const orphans = session === undefined ? [] : orphansOf(stateDirectory, session);
    if (session === undefined || orphans.length === 0) return;
    for (const pid of orphans) await endServer(pid, session.fuseFd);
  }
}

async function endServer(pid: number, fuseFd: number): Promise<void> {
  for (const [signal, limitMillis] of [
    ['SIGTERM', STOP_LIMIT_MILLIS],
    ['SIGKILL', STOP_LIMIT_MILLIS],
  ] as const) {
    if (!isServing(pid, fuseFd) || !send(pid, signal)) return;
    for (let waited = 0; waited < limitMillis; waited += POLL_MILLIS) {
      if (!isServing(pid, fuseFd)) return;
      await sleep(POLL_MILLIS);
    }
  }
}

/** The orphans of a mount, the one that serves at last. */
function orphansOf(stateDirectory: string, { serverPid, fuseFd }: SessionRecord): number[] {
  const others = serversOf(stateDirectory, fuseFd).filter((pid) => pid !== serverPid);
  return [...others, serverPid].filter((pid) => isOrphan(pid, fuseFd));
}

function isOrphan(pid: number, fuseFd: number): boolean {
  if (!isServing(pid, fuseFd)) return false;
  try {
    const stat = parsePidStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
    return stat !== undefined && commandName(stat.parentPid) !== 'lxcfs';
  } catch {
    return false; // it ended meanwhile
  }
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false; // ESRCH
  }
}
