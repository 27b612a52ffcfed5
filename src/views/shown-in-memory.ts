import { type CpuBase, type CpuColumns, NO_COLUMNS } from './cpu-base.ts';
import type { ShownMemory, ShownStore } from './settle-columns.ts';

/** Remembers what was shown in this thread alone: better than nothing where no file can be written. */
export class ShownInMemory implements ShownStore {
  readonly #columns = new Map<number, CpuColumns>();
  #generation = 0;
  #base: CpuBase | undefined;

  recall(): ShownMemory {
    return {
      generation: this.#generation,
      base: this.#base,
      shownSoFar: (shownCpu) => this.#columns.get(shownCpu) ?? NO_COLUMNS,
    };
  }

  establish(generation: number, base: CpuBase): void {
    this.#generation = generation;
    this.#base = base;
  }

  note(shownCpus: readonly number[], columns: readonly CpuColumns[]): void {
    columns.forEach((shown, index) => this.#columns.set(shownCpus[index] ?? index, shown));
  }
}
