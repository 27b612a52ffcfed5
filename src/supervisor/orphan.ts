import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandName } from '../procfs/command-name.ts';
import { isServing, serversOf } from '../server/is-serving.ts';
import { closeDescriptor, pidfdGetfd, pidfdOpen } from '../native/pidfd.ts';
import { parsePidStat } from '../procfs/pid-stat.ts';
import { readSession, type SessionRecord } from '../server/session.ts';
import { endKeeper, KEEPER_FUSE_FD, keepersOf } from './keeper.ts';

/** A process whose supervisor is dead, and which holds the mount: a server, or a keeper where that is dead as well. */
export interface Orphan {
  readonly pid: number;
  /** A copy of its descriptor of /dev/fuse: holding it keeps the mount alive. */
  readonly fuseFd: number;
  readonly session: SessionRecord;
}

/** How the search for an orphan ended. */
export type OrphanSearch =
  | { readonly kind: 'found'; readonly orphan: Orphan }
  /** It belongs to a supervisor that lives, or the mount is not one of ours. */
  | { readonly kind: 'none' }
  /** There is one, but its descriptor cannot be had. */
  | { readonly kind: 'refused'; readonly pid: number; readonly error: unknown };

const POLL_MILLIS = 2;
const STOP_LIMIT_MILLIS = 1_000;
/** Each time that the orphans have been ended, another may have been loaded meanwhile. */
const MOST_ROUNDS = 5;

/** Whether a mount with this state directory may be had from an orphan. */
export function hasOrphan(stateDirectory: string): boolean {
  const session = readSession(stateDirectory);
  if (session === undefined) return false;
  return orphanedServers(stateDirectory, session).length + orphanedKeepers(stateDirectory).length > 0;
}

/** Looks for an orphan of the mount of a state directory, and takes a copy of its descriptor (Linux 5.6). */
export function findOrphan(stateDirectory: string): OrphanSearch {
  const session = readSession(stateDirectory);
  if (session === undefined) return { kind: 'none' };
  // The one that serves; or, since that may have died just now, one that is about to take its place; or a keeper.
  const server = orphanedServers(stateDirectory, session).at(-1);
  const pid = server ?? orphanedKeepers(stateDirectory)[0];
  if (pid === undefined) return { kind: 'none' };
  const isStill = (): boolean =>
    server === undefined ? orphanedKeepers(stateDirectory).includes(pid) : isOrphan(pid, session.fuseFd);
  try {
    const pidfd = pidfdOpen(pid);
    try {
      // From here on the pid cannot come to mean another process unnoticed.
      if (!isStill()) return { kind: 'none' };
      const fuseFd = pidfdGetfd(pidfd, server === undefined ? KEEPER_FUSE_FD : session.fuseFd);
      return { kind: 'found', orphan: { pid, fuseFd, session } };
    } finally {
      closeDescriptor(pidfd);
    }
  } catch (error) {
    return { kind: 'refused', pid, error };
  }
}

/**
 * Ends all orphans of a mount: the server that serves at last, so that none takes its place, at a request boundary where it
 * can, for good where it does not.
 */
export async function endOrphans(stateDirectory: string): Promise<void> {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const session = readSession(stateDirectory);
    const servers = session === undefined ? [] : orphanedServers(stateDirectory, session);
    if (session === undefined || servers.length === 0) break;
    for (const pid of servers) await endServer(pid, session.fuseFd);
  }
  orphanedKeepers(stateDirectory).forEach(endKeeper);
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

/** The servers among the orphans of a mount, the one that serves at last. */
function orphanedServers(stateDirectory: string, { serverPid, fuseFd }: SessionRecord): number[] {
  const others = serversOf(stateDirectory, fuseFd).filter((pid) => pid !== serverPid);
  return [...others, serverPid].filter((pid) => isOrphan(pid, fuseFd));
}

function orphanedKeepers(stateDirectory: string): number[] {
  return keepersOf(stateDirectory).filter(hasNoSupervisor);
}

function isOrphan(pid: number, fuseFd: number): boolean {
  return isServing(pid, fuseFd) && hasNoSupervisor(pid);
}

function hasNoSupervisor(pid: number): boolean {
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
