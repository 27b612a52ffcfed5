import { existsSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { STEP_MILLIS } from './load-average.ts';
import type { LoadDirectory } from './load-directory.ts';
import { nextRecord } from './load-record.ts';
import { monotonicMillis } from './monotonic.ts';
import { type TaskCount, type TaskGroup, countTasks } from './task-count.ts';

/** A container is sampled for as long after its load was last read. */
const REQUEST_MILLIS = 5 * 60_000;

/** Work done before the event loop has a turn. */
const SLICE_MILLIS = 5;

/** Work of one pass at most: a tenth of a CPU. Containers that it does not reach come first in the next one. */
const PASS_MILLIS = 500;

/** Tasks of one container that are looked at in a pass. */
const MOST_TASKS = 4096;

/**
 * Keeps the load averages of all containers whose load is read: every 5 s their active tasks are counted. What is late is
 * decayed by as many steps as were due.
 */
export class LoadSampler {
  readonly #directory: LoadDirectory;
  readonly #onFailure: (name: string, error: unknown) => void;
  /** Those of the last pass, in the order in which they were sampled. */
  #order: readonly string[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** `onFailure` is told of a container that could not be sampled. */
  constructor(directory: LoadDirectory, onFailure: (name: string, error: unknown) => void) {
    this.#directory = directory;
    this.#onFailure = onFailure;
  }

  start(): void {
    this.#timer = setTimeout(() => {
      void this.pass().finally(() => {
        if (this.#timer !== undefined) this.start();
      });
    }, STEP_MILLIS).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Samples each container once, as far as the time of a pass allows. */
  async pass(): Promise<void> {
    const requests = this.#requests();
    const unknown = [...requests.keys()].filter((name) => !this.#order.includes(name));
    const names = [...unknown, ...this.#order.filter((name) => requests.has(name))];
    const endAt = monotonicMillis() + PASS_MILLIS;
    let done = 0;
    for (const name of names) {
      if (monotonicMillis() >= endAt) break;
      const group = requests.get(name);
      if (group !== undefined) await this.#sample(name, group);
      done++;
    }
    this.#order = [...names.slice(done), ...names.slice(0, done)];
  }

  #requests(): Map<string, TaskGroup> {
    try {
      return this.#directory.requests(REQUEST_MILLIS);
    } catch (error) {
      this.#onFailure('requests', error);
      return new Map();
    }
  }

  async #sample(name: string, group: TaskGroup): Promise<void> {
    try {
      if (!existsSync(group.directory)) {
        this.#directory.forget(name);
        return;
      }
      const count = await inSlices(countTasks(group, MOST_TASKS));
      this.#directory.write(name, nextRecord(this.#directory.read(name), count, monotonicMillis()));
    } catch (error) {
      this.#onFailure(name, error);
    }
  }
}

async function inSlices(counting: Generator<undefined, TaskCount>): Promise<TaskCount> {
  let sliceEndsAt = monotonicMillis() + SLICE_MILLIS;
  for (;;) {
    const step = counting.next();
    if (step.done) return step.value;
    if (monotonicMillis() < sliceEndsAt) continue;
    await nextTurn();
    sliceEndsAt = monotonicMillis() + SLICE_MILLIS;
  }
}
