import type { Tasks } from '../cgroup/tasks.ts';
import { containerName } from '../container/container-name.ts';
import type { Container } from '../container/container.ts';
import { LoadDirectory } from '../load/load-directory.ts';
import { type LoadRecord, nextRecord } from '../load/load-record.ts';
import { monotonicMillis } from '../load/monotonic.ts';
import { type TaskGroup, countTasks } from '../load/task-count.ts';
import { COALESCE_MILLIS } from '../procfs/coalescing.ts';
import { errnoOf } from '../procfs/kernel-file.ts';
import type { ViewContext } from './view.ts';

/** The reader itself samples a container whose record is older: it is the first, or the sampler is gone or overworked. */
const LATE_MILLIS = 15_000;

/** How often a thread says that the load is wanted. */
const REQUEST_MILLIS = 20_000;

/** What a reader looks at itself, some ten milliseconds' work; the sampler sees more. */
const LIMITS = { groups: 64, tasks: 256 };

/** A container whose load was asked for. */
interface Asked {
  readonly name: string;
  requestedAtMillis: number;
}

const askedOf = new WeakMap<Container, Asked>();

/**
 * The records of the last {@link COALESCE_MILLIS}. They go then, and not when the next one comes: V8 finds what was kept for long
 * to be garbage much later.
 */
const lately = { sinceMillis: -Infinity, records: new Map<Asked, LoadRecord | undefined>() };

/** Reads the container's load, and sees to it that it goes on being sampled; undefined without -l, and for no container. */
export function gatherLoad(context: ViewContext): LoadRecord | undefined {
  const { container, options } = context;
  const { initPid } = container;
  const { tasks } = container.cgroup;
  if (!options.enableLoadavg || initPid === undefined || tasks === undefined) return undefined;
  let asked = askedOf.get(container);
  if (asked === undefined) {
    asked = firstAsked(container, tasks);
    askedOf.set(container, asked);
  }
  const { name } = asked;
  const now = monotonicMillis();
  if (now - asked.requestedAtMillis > REQUEST_MILLIS) {
    tryToKeep(() => loadsOf(context).request(name, groupOf(context, initPid, tasks)));
    asked.requestedAtMillis = now;
  }
  if (now - lately.sinceMillis >= COALESCE_MILLIS) {
    lately.records.clear();
    lately.sinceMillis = now;
  }
  if (!lately.records.has(asked)) lately.records.set(asked, loadsOf(context).read(name));
  const record = lately.records.get(asked);
  if (record !== undefined && now - record.steppedAtMillis < LATE_MILLIS) return record;
  const counting = countTasks(groupOf(context, initPid, tasks), LIMITS);
  let step = counting.next();
  while (!step.done) step = counting.next();
  const fresh = nextRecord(record, step.value, now);
  lately.records.set(asked, fresh);
  tryToKeep(() => loadsOf(context).write(name, fresh));
  return fresh;
}

function firstAsked(container: Container, { directory }: Tasks): Asked {
  return {
    name: containerName(container, directory),
    requestedAtMillis: -Infinity,
  };
}

function groupOf({ host }: ViewContext, initPid: number, { directory, listName }: Tasks): TaskGroup {
  return { root: host.root, initPid, directory, listName };
}

function loadsOf({ host, stateDirectory }: ViewContext): LoadDirectory {
  return new LoadDirectory(stateDirectory, host.root);
}

/** What cannot be kept (no space, a directory that was taken away) is good for this one read all the same. */
function tryToKeep(write: () => void): void {
  try {
    write();
  } catch (error) {
    if (errnoOf(error) === '') throw error;
  }
}
