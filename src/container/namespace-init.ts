import { readdirSync, readlinkSync } from 'node:fs';
import { errnoOf, unlessGone } from '../procfs/kernel-file.ts';
import { readText } from '../procfs/read-text.ts';
import { parsePidStatus, type PidStatus } from '../procfs/status.ts';

/** How many ancestors are followed at most; a chain is finite, but may change while it is walked. */
const MAX_ANCESTORS = 100;

/**
 * Identity of the pid namespace of a process, `pid:[4026531836]`; undefined where the process is gone.
 * `proc` is the directory of a procfs of the daemon's pid namespace. Needs CAP_SYS_PTRACE for other users' processes.
 */
export function pidNamespaceOf(proc: string, pid: number | 'self'): string | undefined {
  return unlessGone(() => readlinkSync(`${proc}/${pid}/ns/pid`));
}

/**
 * Finds the init of the pid namespace that the process is in, as the daemon numbers it: the process that is 1 there.
 * First among the process's ancestors; a process that was injected into the namespace has none in it, so then among the
 * processes of `cgroupDirectories` (its cgroup, then its ancestors below the root), and at last among all of `proc`.
 * Undefined where there is none, or the namespace ended meanwhile.
 */
export function findNamespaceInit(
  proc: string,
  pid: number,
  namespace: string,
  cgroupDirectories: readonly string[],
): number | undefined {
  // The link first: it costs a fraction of the status, and few processes are in the namespace.
  const isInit = (candidate: number): boolean =>
    isInNamespace(proc, candidate, namespace) && isFirst(readStatus(proc, candidate));
  return (
    initAmongAncestors(proc, pid, namespace) ??
    firstOf(cgroupDirectories, (directory) => processesOf(directory).find(isInit)) ??
    allProcesses(proc).find(isInit)
  );
}

function initAmongAncestors(proc: string, pid: number, namespace: string): number | undefined {
  let current = pid;
  for (let step = 0; step < MAX_ANCESTORS && current !== 0; step++) {
    const status = readStatus(proc, current);
    if (status === undefined || !isInNamespace(proc, current, namespace)) return undefined;
    if (isFirst(status)) return status.threadGroupId;
    current = status.parentPid;
  }
  return undefined;
}

/** A process that is closed to the daemon, as the machine's own init may be even to root, is in no container's namespace. */
function isInNamespace(proc: string, pid: number, namespace: string): boolean {
  try {
    return pidNamespaceOf(proc, pid) === namespace;
  } catch (error) {
    if (CLOSED.has(errnoOf(error))) return false;
    throw error;
  }
}

const CLOSED = new Set(['EACCES', 'EPERM']);

/** Whether a process is number 1 in its own, innermost pid namespace. */
function isFirst(status: PidStatus | undefined): boolean {
  return status?.namespacePids.at(-1) === 1;
}

function readStatus(proc: string, pid: number): PidStatus | undefined {
  const text = readIfThere(`${proc}/${pid}/status`);
  return text === undefined ? undefined : parsePidStatus(text);
}

/** Pids in cgroup.procs, which v1 and v2 both have. */
function processesOf(directory: string): number[] {
  const text = readIfThere(`${directory}/cgroup.procs`) ?? '';
  return text
    .split('\n')
    .filter((line) => line !== '' && line !== '0')
    .map(Number);
}

function allProcesses(proc: string): number[] {
  return readdirSync(proc)
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function readIfThere(path: string): string | undefined {
  return unlessGone(() => readText(path));
}

function firstOf<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
