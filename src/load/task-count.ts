import { readFileSync } from 'node:fs';
import { type Tasks, threadsBelow } from '../cgroup/tasks.ts';
import { isGone } from '../procfs/kernel-file.ts';
import { parsePidStat } from '../procfs/pid-stat.ts';
import { parsePidStatus } from '../procfs/status.ts';

/** Which tasks are counted. */
export interface TaskGroup {
  /** '' for this host, or the directory of a captured tree. */
  readonly root: string;
  readonly initPid: number;
  readonly directory: string;
  readonly listName: Tasks['listName'];
}

/** The tasks (threads) of a container at one moment. */
export interface TaskCount {
  /** In state R. */
  readonly running: number;
  /** In state D. */
  readonly blocked: number;
  readonly total: number;
  /** The task that started last, as the container numbers it; undefined where it has ended meanwhile. */
  readonly lastPid: number | undefined;
}

/** Tasks or groups looked at between two yields, about half a millisecond's work. */
const LOOKS_PER_TURN = 64;

/**
 * Counts the tasks of a group and all below it. Yields again and again, so that the caller can do other things or give up;
 * of more than `mostTasks` only the first are looked at, and the others are taken to run and to wait as they do.
 */
export function* countTasks(group: TaskGroup, mostTasks: number): Generator<undefined, TaskCount> {
  let running = 0;
  let blocked = 0;
  let seen = 0;
  let total = 0;
  let looks = 0;
  let last = { thread: 0, startTicks: -1 };
  for (const thread of threadsBelow(group.directory, group.listName)) {
    if (++looks % LOOKS_PER_TURN === 0) yield;
    if (thread === undefined) continue;
    total++;
    if (seen === mostTasks) continue;
    const stat = parsePidStat(readText(`${group.root}/proc/${thread}/stat`));
    if (stat === undefined) continue; // ended meanwhile
    seen++;
    if (stat.state === 'R') running++;
    if (stat.state === 'D') blocked++;
    if (stat.startTicks >= last.startTicks) last = { thread, startTicks: stat.startTicks };
  }
  const scale = seen === mostTasks ? total / seen : 1;
  return {
    running: Math.round(running * scale),
    blocked: Math.round(blocked * scale),
    total,
    lastPid: pidInside(group, last.thread),
  };
}

/** The container's own number of a thread: its id in the innermost namespace that init has one in. */
function pidInside({ root, initPid }: TaskGroup, thread: number): number | undefined {
  const init = parsePidStatus(readText(`${root}/proc/${initPid}/status`));
  const status = parsePidStatus(readText(`${root}/proc/${thread}/status`));
  return init && status?.namespacePids[init.namespacePids.length - 1];
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (!isGone(error)) throw error;
    return '';
  }
}
