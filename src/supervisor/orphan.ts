import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandName } from '../procfs/command-name.ts';
import { isServing, serversOf } from '../server/is-serving.ts';
import { closeDescriptor, pidfdGetfd, pidfdOpen } from '../native/pidfd.ts';
import { parsePidStat } from '../procfs/pid-stat.ts';
import { readSession, type SessionRecord } from '../server/session.ts';
import { KEEPER_FUSE_FD, keeperOf } from './keeper.ts';

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
  // As a rule there is a keeper, for which not all processes have to be looked at.
  return orphanedKeeper(stateDirectory) !== undefined || orphanedServers(stateDirectory, session).length > 0;
}

/** Looks for an orphan of the mount of a state directory, and takes a copy of its descriptor (Linux 5.6). */
export function findOrphan(stateDirectory: string): OrphanSearch {
  const session = readSession(stateDirectory);
  const holder = session && holderOf(stateDirectory, session);
  if (session === undefined || holder === undefined) return { kind: 'none' };
  const { pid, fuseFd } = holder;
  try {
    const pidfd = pidfdOpen(pid);
    try {
      // From here on the pid cannot come to mean another process unnoticed.
      if (!isOrphan(pid, fuseFd) && orphanedKeeper(stateDirectory) !== pid) return { kind: 'none' };
      return { kind: 'found', orphan: { pid, fuseFd: pidfdGetfd(pidfd, fuseFd), session } };
    } finally {
      closeDescriptor(pidfd);
    }
  } catch (error) {
    return { kind: 'refused', pid, error };
  }
}

/**
 * Ends all orphaned servers of a mount: the one that serves at last, so that none takes its place; at a request boundary where
 * it can, for good where it does not.
 */
export async function endOrphanedServers(stateDirectory: string): Promise<void> {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const session = readSession(stateDirectory);
    const servers = session === undefined ? [] : orphanedServers(stateDirectory, session);
    if (session === undefined || servers.length === 0) return;
    for (const pid of servers) await endServer(pid, session.fuseFd);
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

/** The servers among the orphans of a mount, the one that serves at last. */
function orphanedServers(stateDirectory: string, { serverPid, fuseFd }: SessionRecord): number[] {
  const others = serversOf(stateDirectory, fuseFd).filter((pid) => pid !== serverPid);
  return [...others, serverPid].filter((pid) => isOrphan(pid, fuseFd));
}

/**
 * From whom the mount can be had: the server that serves; or, since that may have died just now, one that is about to take
 * its place; or the keeper.
 */
function holderOf(
  stateDirectory: string,
  session: SessionRecord,
): { readonly pid: number; readonly fuseFd: number } | undefined {
  const server = orphanedServers(stateDirectory, session).at(-1);
  if (server !== undefined) return { pid: server, fuseFd: session.fuseFd };
  const keeper = orphanedKeeper(stateDirectory);
  return keeper === undefined ? undefined : { pid: keeper, fuseFd: KEEPER_FUSE_FD };
}

/** The keeper of a mount whose supervisor is dead. */
export function orphanedKeeper(stateDirectory: string): number | undefined {
  const pid = keeperOf(stateDirectory);
  return pid !== undefined && hasNoSupervisor(pid) ? pid : undefined;
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
