import {
  closeSync,
  constants,
  linkSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { type DescriptorPool, type PooledFile, errnoOf, isGone } from '../procfs/kernel-file.ts';
import { readText } from '../procfs/read-text.ts';
import type { CpuBase, CpuColumns } from './cpu-base.ts';
import { formatBase, parseBase } from './cpu-base-text.ts';
import type { ShownMemory, ShownStore } from './settle-columns.ts';

/** Which container a {@link ShownFiles} is about, and who writes. */
export interface ShownFilesOptions {
  readonly directory: string;
  /** Names the container as long as it lives; files of other containers have other names. */
  readonly name: string;
  readonly cgroupDirectory: string;
  /** One more than the highest number of a CPU that this machine can have. */
  readonly cpuEnd: number;
  /** Number of the writing thread. */
  readonly writer: number;
  readonly pool: DescriptorPool;
}

/** Threads beyond this share a row, and could overwrite each other's notes if they wrote in the same microsecond. */
const ROWS = 16;
/** user, nice, system, idle. */
const CELLS_PER_CPU = 4;
const CELL_BYTES = Float64Array.BYTES_PER_ELEMENT;

/** Looks at the base, should others replace it each time. */
const MAX_ATTEMPTS = 3;

/** What is read of any file, until the next one is read. */
let cells = new Float64Array(0);

/**
 * Keeps what a container's CPUs have shown in files that outlive this process.
 *
 * NAME.shown: a row of numbers per writing thread, the generation of the base and then four columns per CPU number. Each
 * thread writes only its own row, and reads all of them: the highest number of a column is what has been shown. So nobody
 * waits for anybody, and no moment at which a process is killed leaves anything to repair.
 *
 * NAME.base-GENERATION: a base, written once. It gets its name by link(2), which fails for the second one that tries.
 */
export class ShownFiles implements ShownStore, PooledFile {
  readonly #options: ShownFilesOptions;
  readonly #rowCells: number;
  readonly #ownRow: number;
  /** End of the rows that are in use. */
  #cellEnd = 0;
  #fd = -1;
  #generation = 0;
  #base: CpuBase | undefined;
  usedAt = 0;
  place = 0;
  readonly isBound = false;

  constructor(options: ShownFilesOptions) {
    this.#options = options;
    this.#rowCells = 1 + options.cpuEnd * CELLS_PER_CPU;
    this.#ownRow = (options.writer % ROWS) * this.#rowCells;
  }

  get name(): string {
    return this.#options.name;
  }

  recall(): ShownMemory {
    this.usedAt = ++this.#options.pool.clock;
    for (let attempt = 0; ; attempt++) {
      this.#readRows();
      const generation = this.#highest(0);
      if (generation !== this.#generation || this.#base === undefined) this.#load(generation);
      // A base that is gone has been replaced by the next one just now; look again.
      if (generation === 0 || this.#base !== undefined || attempt === MAX_ATTEMPTS) break;
    }
    return {
      generation: this.#generation,
      base: this.#base,
      shownSoFar: (shownCpu) => {
        const first = 1 + shownCpu * CELLS_PER_CPU;
        return {
          userTicks: this.#highest(first),
          niceTicks: this.#highest(first + 1),
          systemTicks: this.#highest(first + 2),
          idleTicks: this.#highest(first + 3),
        };
      },
    };
  }

  establish(generation: number, base: CpuBase): void {
    const { cgroupDirectory, writer } = this.#options;
    const draft = `${this.#path}.draft-${process.pid}-${writer}`;
    try {
      writeFileSync(draft, formatBase({ directory: cgroupDirectory, base }), { mode: 0o600 });
      linkSync(draft, this.#basePath(generation));
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error;
    } finally {
      rmSync(draft, { force: true });
    }
    cells[this.#ownRow] = generation;
    this.#writeCells(this.#ownRow, this.#ownRow + 1);
    rmSync(this.#basePath(generation - 1), { force: true });
  }

  note(shownCpus: readonly number[], columns: readonly CpuColumns[]): void {
    let start = Infinity;
    let end = 0;
    const set = (cell: number, ticks: number): void => {
      if (cells[cell] === ticks) return;
      cells[cell] = ticks;
      start = Math.min(start, cell);
      end = cell + 1;
    };
    columns.forEach(({ userTicks, niceTicks, systemTicks, idleTicks }, index) => {
      const first = this.#ownRow + 1 + (shownCpus[index] ?? index) * CELLS_PER_CPU;
      set(first, userTicks);
      set(first + 1, niceTicks);
      set(first + 2, systemTicks);
      set(first + 3, idleTicks);
    });
    if (start < end) this.#writeCells(start, end);
  }

  close(): void {
    if (this.#fd === -1) return;
    this.#options.pool.delete(this);
    closeSync(this.#fd);
    this.#fd = -1;
  }

  /** Thousands of these are kept, and few open anything. */
  get #path(): string {
    return `${this.#options.directory}/${this.#options.name}`;
  }

  #basePath(generation: number): string {
    return `${this.#path}.base-${generation}`;
  }

  #load(generation: number): void {
    this.#base = undefined;
    try {
      this.#base = parseBase(readText(this.#basePath(generation)))?.base;
    } catch (error) {
      if (!isGone(error)) throw error;
    }
    this.#generation = generation;
  }

  #readRows(): void {
    if (cells.length < ROWS * this.#rowCells) cells = new Float64Array(ROWS * this.#rowCells);
    const byteCount = readSync(this.#open(), cells, 0, ROWS * this.#rowCells * CELL_BYTES, 0);
    const cellCount = Math.floor(byteCount / CELL_BYTES);
    const ownEnd = this.#ownRow + this.#rowCells;
    this.#cellEnd = Math.max(ownEnd, Math.ceil(cellCount / this.#rowCells) * this.#rowCells);
    cells.fill(0, cellCount, this.#cellEnd);
  }

  #writeCells(start: number, end: number): void {
    writeSync(this.#open(), cells, start * CELL_BYTES, (end - start) * CELL_BYTES, start * CELL_BYTES);
  }

  /** The highest number that any row has in this cell; what is no number of ticks is passed over. */
  #highest(cellOfRow: number): number {
    let highest = 0;
    for (let cell = cellOfRow; cell < this.#cellEnd; cell += this.#rowCells) {
      const number = cells[cell] ?? 0;
      if (number > highest && Number.isSafeInteger(number)) highest = number;
    }
    return highest;
  }

  #open(): number {
    if (this.#fd !== -1) return this.#fd;
    const path = `${this.#path}.shown`;
    const flags = constants.O_RDWR | constants.O_CREAT;
    try {
      this.#fd = openSync(path, flags, 0o600);
    } catch (error) {
      if (!isGone(error)) throw error;
      mkdirSync(this.#options.directory, { recursive: true, mode: 0o700 });
      this.#fd = openSync(path, flags, 0o600);
    }
    this.#options.pool.add(this);
    return this.#fd;
  }
}
