import { existsSync } from 'node:fs';
import { STEP_MILLIS } from './load-average.ts';
import type { LoadDirectory } from './load-directory.ts';
import { nextRecord } from './load-record.ts';
import { monotonicMillis } from './monotonic.ts';
import { countTasks } from './task-count.ts';
import { TimeSlices } from './time-slices.ts';

/** A container is sampled for as long after its load was last read. */
const REQUEST_MILLIS = 5 * 60_000;

/** A pass begins with no container later than this: a tenth of a CPU. Those that it does not reach come first in the next one. */
const PASS_MILLIS = 500;

/** What is looked at of one container, some two hundred milliseconds' work. */
const LIMITS = { groups: 1024, tasks: 4096 };

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
    const endAt = monotonicMillis() + PASS_MILLIS;
    const slices = new TimeSlices();
    const requests = await this.#requests(slices);
    const sampledBefore = new Set(this.#order);
    const unknown = [...requests].filter((name) => !sampledBefore.has(name));
    const names = [...unknown, ...this.#order.filter((name) => requests.has(name))];
    let done = 0;
    for (const name of names) {
      if (monotonicMillis() >= endAt) break;
      await this.#sample(name, slices);
      done++;
    }
    this.#order = [...names.slice(done), ...names.slice(0, done)];
  }

  async #requests(slices: TimeSlices): Promise<ReadonlySet<string>> {
    const names = new Set<string>();
    try {
      for (const name of this.#directory.requests(REQUEST_MILLIS)) {
        if (name !== undefined) names.add(name);
        await slices.pause();
      }
    } catch (error) {
      this.#onFailure('requests', error);
    }
    return names;
  }

  async #sample(name: string, slices: TimeSlices): Promise<void> {
    try {
      await slices.pause();
      const group = this.#directory.group(name);
      if (group === undefined) return;
      if (!existsSync(group.directory)) {
        this.#directory.forget(name);
        return;
      }
      const counting = countTasks(group, LIMITS);
      let step = counting.next();
      for (; !step.done; step = counting.next()) await slices.pause();
      this.#directory.write(name, nextRecord(this.#directory.read(name), step.value, monotonicMillis()));
    } catch (error) {
      this.#onFailure(name, error);
    }
  }
}
