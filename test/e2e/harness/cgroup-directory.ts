import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import type { Hierarchy } from '../../../src/cgroup/layout.ts';
import { atEnd, type Scope } from './cleanup.ts';
import { killAndWait } from './processes.ts';
import { untilSync } from './wait.ts';

/** Makes one directory of a cgroup. At the test's end its processes are killed, and it goes. */
export function makeCgroupDirectory(t: Scope, directory: string): void {
  mkdirSync(directory);
  atEnd(t, () => {
    killAndWait(pidsIn(directory));
    // a process that has ended still counts as a member for a moment
    if (!untilSync(() => isRemoved(directory), 5000))
      throw new Error(`cannot remove the cgroup ${directory}`);
  });
}

/** Where the root of a hierarchy is mounted. */
export function topOf(hierarchy: Hierarchy | undefined): string {
  const top = hierarchy?.mounts.find(({ root }) => root === '/')?.mountPoint;
  if (top === undefined) throw new Error('a cgroup hierarchy that is mounted at its root was expected');
  return top;
}

/** Writes a cgroup file; an error says which one and what was written. */
export function writeValue(path: string, value: string | number): void {
  try {
    writeFileSync(path, String(value));
  } catch (cause) {
    throw new Error(`cannot write ${value} to ${path}`, { cause });
  }
}

function pidsIn(directory: string): number[] {
  const text = readFileSync(`${directory}/cgroup.procs`, 'latin1');
  return text.split('\n').filter(Boolean).map(Number);
}

function isRemoved(directory: string): boolean {
  try {
    rmdirSync(directory);
    return true;
  } catch {
    return false; // EBUSY
  }
}
