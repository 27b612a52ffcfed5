import { setImmediate as nextTurn } from 'node:timers/promises';
import { monotonicMillis } from './monotonic.ts';

/** Work done before the event loop has a turn. */
const SLICE_MILLIS = 5;

/** Cuts long work into slices, between which the event loop has a turn. */
export class TimeSlices {
  readonly #sliceMillis: number;
  #endAtMillis: number;

  constructor(sliceMillis = SLICE_MILLIS) {
    this.#sliceMillis = sliceMillis;
    this.#endAtMillis = monotonicMillis() + sliceMillis;
  }

  /** To be awaited wherever the work can be interrupted: resolves at once, or after a turn where the slice is used up. */
  async pause(): Promise<void> {
    if (monotonicMillis() < this.#endAtMillis) return;
    await nextTurn();
    this.#endAtMillis = monotonicMillis() + this.#sliceMillis;
  }
}
