import { readdirSync, readFileSync } from 'node:fs';
import { untilSync } from './wait.ts';

/** One process of this machine, as /proc/PID/stat has it. */
export interface ProcessInfo {
  readonly pid: number;
  readonly name: string;
  readonly state: string;
  readonly parentPid: number;
}

/** All processes of this machine, zombies too. */
export function allProcesses(): ProcessInfo[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => processInfo(Number(name)) ?? []);
}

/** A process by its pid; undefined once it is gone and its parent knows. */
export function processInfo(pid: number): ProcessInfo | undefined {
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  // `4711 (a) (b) S 1 4711 ...`: the name may hold anything, so what follows is counted from the last bracket
  const end = stat.lastIndexOf(')');
  const [state, parent] = stat.slice(end + 2).split(' ');
  if (end === -1 || state === undefined || parent === undefined) return undefined;
  return { pid, name: stat.slice(stat.indexOf('(') + 1, end), state, parentPid: Number(parent) };
}

/** True where the process runs, or waits; a zombie does not. */
export function isAlive(pid: number): boolean {
  const state = processInfo(pid)?.state;
  return state !== undefined && state !== 'Z' && state !== 'X';
}

/** Children of a process, dead ones left out. */
export function childrenOf(pid: number): ProcessInfo[] {
  return allProcesses().filter(({ parentPid, state }) => parentPid === pid && state !== 'Z');
}

/** A process and all that descend from it. */
export function familyOf(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap((child) => familyOf(child.pid))];
}

/** Pids of the processes that were started with `NAME=value` in their environment. */
export function pidsWithEnvironment(name: string, value: string): number[] {
  const entry = `${name}=${value}`;
  return allProcesses()
    .map(({ pid }) => pid)
    .filter((pid) => pid !== process.pid && readOrEmpty(`/proc/${pid}/environ`).split('\0').includes(entry));
}

/** Kills processes with SIGKILL and waits for their end; throws when one is still there after some seconds. */
export function killAndWait(pids: readonly number[]): void {
  for (const pid of pids) signalIfAlive(pid, 'SIGKILL');
  if (!untilSync(() => !pids.some(isAlive), 5000))
    throw new Error(`still alive: ${pids.filter(isAlive).join(' ')}`);
}

/** Sends a signal; a process that is gone already is no error. */
export function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // ESRCH: gone
  }
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // gone between the listing and the look
  }
}
