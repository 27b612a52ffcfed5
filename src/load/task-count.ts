import { type Tasks, threadsBelow } from '../cgroup/tasks.ts';
import { isShortage } from '../procfs/kernel-file.ts';
import { parsePidStat } from '../procfs/pid-stat.ts';
import { readText } from '../procfs/read-text.ts';
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

/** How much of a container is looked at. */
export interface CountLimits {
  /** Groups, up to a tenth of a millisecond each; what is in others is not counted. */
  readonly groups: number;
  /** Tasks whose state is read, fifty in a millisecond; others are taken to be like them. */
  readonly tasks: number;
}

/** Tasks and groups looked at between two yields, a millisecond's work or two. */
const LOOKS_PER_TURN = 16;

/**
 * Counts the tasks of a group and all below it. Yields again and again, so that the caller can do other things or give up.
 */
export function* countTasks(group: TaskGroup, limits: CountLimits): Generator<undefined, TaskCount> {
  let running = 0;
  let blocked = 0;
  let seen = 0;
  let total = 0;
  let looks = 0;
  let last = { thread: '', startTicks: -1 };
  for (const thread of threadsBelow(group.directory, group.listName, limits.groups)) {
    if (++looks % LOOKS_PER_TURN === 0) yield;
    if (thread === undefined) continue;
    total++;
    if (seen === limits.tasks) continue;
    const stat = parsePidStat(textOf(`${group.root}/proc/${thread}/stat`));
    if (stat === undefined) continue; // ended meanwhile
    seen++;
    if (stat.state === 'R') running++;
    if (stat.state === 'D') blocked++;
    if (stat.startTicks >= last.startTicks) last = { thread, startTicks: stat.startTicks };
  }
  const scale = seen === limits.tasks ? total / seen : 1;
  return {
    running: Math.round(running * scale),
    blocked: Math.round(blocked * scale),
    total,
    lastPid: pidInside(group, last.thread),
  };
}

/** The container's own number of a thread: its id in the innermost namespace that init has one in. */
function pidInside({ root, initPid }: TaskGroup, thread: string): number | undefined {
  const init = parsePidStatus(textOf(`${root}/proc/${initPid}/status`));
  const status = parsePidStatus(textOf(`${root}/proc/${thread}/status`));
  return init && status?.namespacePids[init.namespacePids.length - 1];
}

function textOf(path: string): string {
  try {
    return readText(path);
  } catch (error) {
    if (isShortage(error)) throw error;
    return '';
  }
}
