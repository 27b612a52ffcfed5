import { readFileSync, readdirSync } from 'node:fs';
import { isGone } from '../procfs/kernel-file.ts';
import { scanNumber } from '../procfs/scan-number.ts';

/** The tasks (threads) of a container's cgroup and all groups below it. */
export interface Tasks {
  readonly directory: string;
  /** Name of the file that lists the threads of each group, one a line. */
  readonly listName: 'tasks' | 'cgroup.threads';
  /** How many there are; undefined where no pids controller counts them. */
  count(): number | undefined;
}

/**
 * Thread ids of the group in `directory` and all below it, as the daemon numbers them; a group that is gone has none.
 * Yields undefined for each group looked at, too, since thousands of them may be empty.
 */
export function* threadsBelow(directory: string, listName: Tasks['listName']): Generator<number | undefined> {
  yield undefined;
  const text = readOrNothing(() => readFileSync(`${directory}/${listName}`, 'latin1')) ?? '';
  let start = 0;
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
    const thread = scanNumber(text, start, end);
    if (thread !== undefined && thread > 0) yield thread; // 0: outside of the daemon's pid namespace
    start = end + 1;
  }
  const entries = readOrNothing(() => readdirSync(directory, { withFileTypes: true })) ?? [];
  for (const entry of entries) {
    if (entry.isDirectory()) yield* threadsBelow(`${directory}/${entry.name}`, listName);
  }
}

function readOrNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!isGone(error)) throw error;
    return undefined;
  }
}
