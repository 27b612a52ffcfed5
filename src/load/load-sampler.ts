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

/** A container that is sampled. Kept from pass to pass, since of what comes and goes with each V8 would collect megabytes. */
interface Sampled {
  readonly name: string;
  /** Number of the last pass that found it wanted, and of the last in which it had its turn; 0 for none. */
  wantedInPass: number;
  sampledInPass: number;
}

/**
 * Keeps the load averages of all containers whose load is read: every 5 s their active tasks are counted. What is late is
 * decayed by as many steps as were due.
 */
export class LoadSampler {
  readonly #directory: LoadDirectory;
  readonly #onFailure: (name: string, error: unknown) => void;
  readonly #containers = new Map<string, Sampled>();
  #passes = 0;
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
    this.#passes++;
    await this.#lookForRequests(slices);
    // New ones first, then those that the last pass did not reach.
    const inTurn = [...this.#containers.values()].sort((a, b) => a.sampledInPass - b.sampledInPass);
    for (const container of inTurn) {
      if (monotonicMillis() >= endAt) break;
      container.sampledInPass = this.#passes;
      await this.#sample(container.name, slices);
    }
  }

  async #lookForRequests(slices: TimeSlices): Promise<void> {
    try {
      for (const name of this.#directory.requests(REQUEST_MILLIS)) {
        if (name !== undefined) this.#noteRequest(name);
        await slices.pause();
      }
      for (const { name, wantedInPass } of this.#containers.values()) {
        if (wantedInPass !== this.#passes) this.#containers.delete(name);
      }
    } catch (error) {
      this.#onFailure('requests', error);
    }
  }

  #noteRequest(name: string): void {
    const known = this.#containers.get(name);
    if (known !== undefined) known.wantedInPass = this.#passes;
    else this.#containers.set(name, { name, wantedInPass: this.#passes, sampledInPass: 0 });
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
