import { opendirSync, statSync } from 'node:fs';
import { isShortage } from '../procfs/kernel-file.ts';
import { readText } from '../procfs/read-text.ts';
import { scanNumber } from '../procfs/scan-number.ts';
import type { Group } from './group.ts';
import { readValue } from './read-value.ts';

/** The tasks (threads) of a container's cgroup and all groups below it. */
export interface Tasks {
  readonly directory: string;
  /** Name of the file that lists the threads of each group, one a line. */
  readonly listName: 'tasks' | 'cgroup.threads';
  /** How many there are; undefined where no pids controller counts them. */
  count(): number | undefined;
}

/** What the pids controller counts in a group; undefined where it does not. */
export function readTaskCount(group: Group): number | undefined {
  const text = readValue(group.file('pids.current'));
  return text === undefined ? undefined : scanNumber(text, 0, text.indexOf('\n'));
}

/**
 * Thread ids of the group in `directory` and those below it, as the daemon numbers them; a group that is gone, or whose path is
 * too long for the kernel, has none. No more than `mostGroups` are looked at, the upper ones first. Yields undefined for
 * each of them, too, since thousands may be empty. The ids are text, as they are written: V8 keeps the text of each number.
 */
export function* threadsBelow(
  directory: string,
  listName: Tasks['listName'],
  mostGroups: number,
): Generator<string | undefined> {
  const groups = [directory];
  for (const group of groups) {
    yield undefined;
    const text = readOrNothing(() => readText(`${group}/${listName}`)) ?? '';
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      const thread = scanNumber(text, start, end);
      if (thread !== undefined && thread > 0) yield text.slice(start, end); // 0: outside of the daemon's pid namespace
      start = end + 1;
    }
    const mostBelow = mostGroups - groups.length;
    if (mostBelow > 0) groups.push(...(readOrNothing(() => directoriesIn(group, mostBelow)) ?? []));
  }
}

/** Paths of the first directories in a directory, which may hold 100,000 of them. */
function directoriesIn(path: string, most: number): string[] {
  const found: string[] = [];
  // Each directory in it is a link to it, beside its own name and its own `.`; a file system that does not count them has 1.
  if (statSync(path).nlink === 2) return found;
  const directory = opendirSync(path);
  try {
    while (found.length < most) {
      const entry = directory.readSync();
      if (entry === null) break;
      if (entry.isDirectory()) found.push(`${path}/${entry.name}`);
    }
  } finally {
    directory.closeSync();
  }
  return found;
}

/** All of it is in the container's hands: only what the daemon has run out of is an error. */
function readOrNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isShortage(error)) throw error;
    return undefined;
  }
}
