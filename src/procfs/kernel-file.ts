import { closeSync, existsSync, openSync, readSync } from 'node:fs';

/** The errno name of a failed system call, `ENOENT`, or '' for anything else. */
export function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Errors that say "what this descriptor stood for is gone": the process ended, or the cgroup was removed. */
const GONE = new Set(['ENOENT', 'ENODEV', 'ESRCH', 'ENOTDIR']);

/** True where the file's subject (a process, a cgroup, a disk) does not exist, or exists no longer. */
export function isGone(error: unknown): boolean {
  return GONE.has(errnoOf(error));
}

/** What `read` returns; undefined where the subject of the file that it reads is gone. Other errors are thrown. */
export function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!isGone(error)) throw error;
    return undefined;
  }
}

/** Errors that say nothing of the file: the daemon itself has run out of something. */
const SHORTAGES = new Set(['EMFILE', 'ENFILE', 'ENOMEM']);

/** True where the daemon is out of descriptors or memory: nothing may be concluded about the file. */
export function isShortage(error: unknown): boolean {
  return SHORTAGES.has(errnoOf(error));
}

/** A kernel file is read in microseconds; one that takes longer than this is worth a word. */
const SLOW_MILLIS = 500;

/** Read buffer of all kernel files of a thread; grows to the largest file seen. Content is decoded before the next read. */
let buffer = Buffer.allocUnsafeSlow(64 * 1024);

/** A file with a descriptor that may be closed at any time, and is opened again when needed. */
export interface PooledFile {
  /** {@link DescriptorPool.clock} at the last use. */
  readonly usedAt: number;
  /** The descriptor is of value in itself: what it is bound to cannot be opened again. */
  readonly isBound: boolean;
  /** The pool's: where it has the file. */
  place: number;
  close(): void;
}

/**
 * Keeps the number of open descriptors of its files below a limit (see RLIMIT_NOFILE): past it, a quarter is closed, the least
 * recently used first. Such a file is simply opened again when next read; those that are bound to something go last.
 */
export class DescriptorPool {
  readonly #limit: number;
  /** Told of a file that took long to read, which holds up the thread and so its readers. */
  readonly onSlow: (path: string, millis: number) => void;
  /** In no order. A Set would take twice the room, and be made anew again and again where files come and go. */
  readonly #open: PooledFile[] = [];
  /** Logical time of the last use of any file. */
  clock = 0;

  constructor(limit: number, onSlow: (path: string, millis: number) => void = () => undefined) {
    this.#limit = limit;
    this.onSlow = onSlow;
  }

  get size(): number {
    return this.#open.length;
  }

  add(file: PooledFile): void {
    if (this.#open.length >= this.#limit) this.#evict();
    file.place = this.#open.length;
    this.#open.push(file);
  }

  delete(file: PooledFile): void {
    if (this.#open[file.place] !== file) return;
    const last = this.#open.pop();
    if (last === undefined || last === file) return;
    last.place = file.place;
    this.#open[file.place] = last;
  }

  #evict(): void {
    const byWorth = [...this.#open].sort(
      (a, b) => Number(a.isBound) - Number(b.isBound) || a.usedAt - b.usedAt,
    );
    for (const file of byWorth.slice(0, Math.ceil(byWorth.length / 4))) file.close();
  }
}

/** In the place of a descriptor. */
const NEVER_OPENED = -1;
const CLOSED = -2;

/**
 * A kernel file (proc, sysfs, cgroup) read again and again through a descriptor that stays open:
 * each read is one pread at offset 0 and sees the present content (seq_file renders it anew).
 */
export class KernelFile {
  readonly #directory: string;
  readonly name: string;
  readonly #pool: DescriptorPool;
  #fd = NEVER_OPENED;
  place = 0;
  usedAt = 0;
  isBound = false;

  /** Thousands are kept: the directory, which many have in common, and the name take less memory than a path each. */
  constructor(directory: string, name: string, pool: DescriptorPool) {
    this.#directory = directory;
    this.name = name;
    this.#pool = pool;
  }

  get path(): string {
    return `${this.#directory}/${this.name}`;
  }

  /**
   * Content of a file that the kernel shows in one piece (single_open: meminfo, stat, every cgroup value file).
   * Undefined where the file does not exist (any more); other errors are thrown.
   */
  read(): string | undefined {
    return this.#attempt(readText);
  }

  /** As {@link read}, without making a string of it: the bytes are good until any file is read. */
  readBytes(): Buffer | undefined {
    return this.#attempt(readBytes);
  }

  /** Content of a file of many records (cpuinfo, diskstats, cgroup.procs), of which one read may give only a part. */
  readToEnd(): string | undefined {
    return this.#attempt(readRecords);
  }

  /**
   * As {@link read}, for /proc/PID/...: the descriptor is bound to the process, not to its number, so it is opened
   * once only: a process that got the same number later is never taken for it. Undefined once the process is gone
   * or the descriptor has been closed.
   */
  readBound(): string | undefined {
    this.usedAt = ++this.#pool.clock;
    this.isBound = true;
    if (this.#fd === CLOSED) return undefined;
    try {
      return this.#ensureOpen() ? readText(this.#fd) : undefined;
    } catch (error) {
      this.close();
      if (isGone(error)) return undefined;
      throw error;
    }
  }

  close(): void {
    if (this.#fd < 0) return;
    const fd = this.#fd;
    this.#fd = CLOSED;
    this.#pool.delete(this);
    closeSync(fd);
  }

  #attempt<T>(read: (fd: number) => T): T | undefined {
    this.usedAt = ++this.#pool.clock;
    const kept = this.#fd >= 0;
    const startedAt = performance.now();
    try {
      return this.#ensureOpen() ? read(this.#fd) : undefined;
    } catch (error) {
      this.close();
      if (!isGone(error)) throw error;
    } finally {
      const millis = performance.now() - startedAt;
      if (millis > SLOW_MILLIS) this.#pool.onSlow(this.path, millis);
    }
    // The kept descriptor's cgroup was removed; one of the same name may be in its place.
    return kept ? this.#attempt(read) : undefined;
  }

  #ensureOpen(): boolean {
    if (this.#fd >= 0) return true;
    // An absent file is an everyday case here, and an exception costs more than this look.
    const { path } = this;
    if (!existsSync(path)) return false;
    this.#fd = openSync(path, 'r');
    this.#pool.add(this);
    return true;
  }
}

function readText(fd: number): string {
  const length = readOnce(fd);
  return buffer.toString('latin1', 0, length);
}

function readBytes(fd: number): Buffer {
  const length = readOnce(fd);
  return buffer.subarray(0, length);
}

/** Reads into the buffer, which may become another one, and returns how much. */
function readOnce(fd: number): number {
  for (;;) {
    const length = readSync(fd, buffer, 0, buffer.length, 0);
    if (length < buffer.length) return length;
    growBuffer(0);
  }
}

function readRecords(fd: number): string {
  let length = 0;
  for (;;) {
    const count = readSync(fd, buffer, length, buffer.length - length, length);
    if (count === 0) return buffer.toString('latin1', 0, length);
    length += count;
    if (length === buffer.length) growBuffer(length);
  }
}

function growBuffer(keptBytes: number): void {
  const larger = Buffer.allocUnsafeSlow(buffer.length * 2);
  buffer.copy(larger, 0, 0, keptBytes);
  buffer = larger;
}
