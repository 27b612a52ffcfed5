import { closeSync, constants, openSync, readFileSync, readlinkSync } from 'node:fs';
import { type Membership, parseMembership } from '../cgroup/membership.ts';
import { errnoOf } from '../procfs/kernel-file.ts';

/** What the toolkit knows of one process. Its number and start time together name it for ever. */
export interface ProcessRecord {
  readonly pid: number;
  /** Start in USER_HZ ticks since boot, field 22 of /proc/PID/stat. */
  readonly startTicks: number;
  /** `mnt:[4026532190]` */
  readonly mountNamespace: string;
  /** `pid:[4026532193]` */
  readonly pidNamespace: string;
  readonly membership: Membership;
}

/**
 * Reads a process below `proc` (`/proc`) through one descriptor of its directory, so that all of it is about the same
 * process. Undefined where it has ended, or may not be looked into.
 */
export function readProcess(proc: string, pid: number | string): ProcessRecord | undefined {
  let directory;
  try {
    directory = openSync(`${proc}/${pid}`, constants.O_RDONLY | constants.O_DIRECTORY);
    const base = `/proc/self/fd/${directory}`;
    const stat = readFileSync(`${base}/stat`, 'latin1');
    return {
      pid: Number.parseInt(stat, 10),
      startTicks: startTicksOf(stat),
      mountNamespace: readlinkSync(`${base}/ns/mnt`),
      pidNamespace: readlinkSync(`${base}/ns/pid`),
      membership: parseMembership(readFileSync(`${base}/cgroup`, 'latin1')),
    };
  } catch (error) {
    if (isHidden(error)) return undefined;
    throw error;
  } finally {
    if (directory !== undefined) closeSync(directory);
  }
}

/** The mount namespace of a process, or undefined where it has ended or may not be looked into. */
export function readMountNamespace(proc: string, pid: string): string | undefined {
  try {
    return readlinkSync(`${proc}/${pid}/ns/mnt`);
  } catch (error) {
    if (isHidden(error)) return undefined;
    throw error;
  }
}

/** Field 22, counted from after the name in brackets, which may itself hold spaces and brackets: `7 (a) (b c) S 1 ...` */
export function startTicksOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[19]);
}

const HIDDEN = new Set(['ENOENT', 'ESRCH', 'EACCES', 'EPERM', 'ENOTDIR']);

function isHidden(error: unknown): boolean {
  return HIDDEN.has(errnoOf(error));
}
