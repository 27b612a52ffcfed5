import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { errnoOf } from '../procfs/kernel-file.ts';
import { readUint64, writeUint64 } from '../fuse/uint64.ts';

/** Largest number of open files of which something is kept. */
const MAX_OPEN_FILES = 2 ** 16;
/**
 * Memory that more than a few open files may take together. Whatever somebody opens beyond that, in a container or not, does
 * not fill the host's tmpfs: nothing is kept of it, each of its reads is rendered anew.
 */
const MAX_KEPT_BYTES = 128 * 2 ** 20;
const UNKEPT = 0;
const BLOCK_BYTES = 512;
/** Room for one record; the file is sparse, so that only what is written takes memory. */
const SLOT_BYTES = 8 * 2 ** 20;
/** A record: the handle (8 bytes), the length of the text or {@link NO_TEXT} (4), unused (4), the text. */
export const RECORD_HEADER_SIZE = 16;
const MAX_TEXT_BYTES = SLOT_BYTES - RECORD_HEADER_SIZE;
const NO_TEXT = 0xffff_ffff;
/** Files of which this many are open at once are nothing special; memory of more is given back. */
const FEW_OPEN_FILES = 256;
/** Slots that are looked at for a free one at most, so that opening costs little when there is none. */
const MAX_TRIED = 1024;
/** A handle is a slot number, and in the bits from 32 on a tag that tells the uses of a slot apart: below 2^53. */
const TAG_UNIT = 2 ** 32;
const MAX_TAG = 2 ** 21 - 1;

/**
 * Memory that the threads of a server share: for each slot the tag of the handle that has it, or 0; then for each slot the
 * length of its text, or {@link UNKNOWN}; and at last the highest slot that the file has room for.
 */
export function createSlotTable(): SharedArrayBuffer {
  return new SharedArrayBuffer((2 * MAX_OPEN_FILES + 1) * Int32Array.BYTES_PER_ELEMENT);
}

/** No text yet, or one that an earlier server stored: the record says more. */
const UNKNOWN = 0;

/** Enters the handles that an earlier server of this mount left in the file into a new slot table. */
export function recoverSlots(path: string, slotTable: SharedArrayBuffer): number {
  const fd = openRecords(path);
  const tags = new Int32Array(slotTable);
  const header = Buffer.alloc(RECORD_HEADER_SIZE);
  const slots = Math.min(MAX_OPEN_FILES, Math.ceil(fstatSync(fd).size / SLOT_BYTES));
  let recovered = 0;
  for (let slot = 0; slot < slots; slot++) {
    readSync(fd, header, 0, RECORD_HEADER_SIZE, slot * SLOT_BYTES);
    const tag = header.readUInt32LE(4);
    if (tag === 0 || header.readUInt32LE(0) !== slot) continue;
    tags[slot] = tag;
    highestSlot(slotTable)[0] = slot;
    recovered++;
  }
  closeSync(fd);
  return recovered;
}

function openRecords(path: string): number {
  return openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
}

function highestSlot(slotTable: SharedArrayBuffer): Int32Array {
  return new Int32Array(slotTable, 2 * MAX_OPEN_FILES * Int32Array.BYTES_PER_ELEMENT, 1);
}

/** A full file system, or a limit on the size of files. */
const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/**
 * The open files of a mount and the text that each of them shows. A text is rendered when a read starts at offset 0;
 * reads further on get their bytes from what was stored then, whichever thread or server they come to: handles and texts
 * are kept in a file (on tmpfs, as a rule) that outlives the server.
 */
export class OpenFiles {
  readonly #fd: number;
  readonly #tags: Int32Array;
  readonly #lengths: Int32Array;
  readonly #highest: Int32Array;
  readonly #header = Buffer.alloc(RECORD_HEADER_SIZE);
  readonly #maxKeptBytes: number;
  #firstToTry = 0;
  #lastTag = Math.floor(Math.random() * MAX_TAG);

  /** `path` is made when missing. `slotTable` is the one that all threads of the server have. */
  constructor(path: string, slotTable: SharedArrayBuffer, maxKeptBytes = MAX_KEPT_BYTES) {
    this.#fd = openRecords(path);
    this.#maxKeptBytes = maxKeptBytes;
    this.#tags = new Int32Array(slotTable, 0, MAX_OPEN_FILES);
    this.#lengths = new Int32Array(slotTable, MAX_OPEN_FILES * Int32Array.BYTES_PER_ELEMENT, MAX_OPEN_FILES);
    this.#highest = highestSlot(slotTable);
  }

  /** A new handle; one of which nothing is kept where very many are open. */
  open(): number {
    const tag = (this.#lastTag % MAX_TAG) + 1;
    this.#lastTag = tag;
    const slot = this.#take(tag);
    if (slot === undefined) return UNKEPT;
    const handle = tag * TAG_UNIT + slot;
    Atomics.store(this.#lengths, slot, UNKNOWN);
    this.#writeRecord(this.#header, RECORD_HEADER_SIZE, handle, NO_TEXT);
    return handle;
  }

  /** Ends a handle; one that is not open (a release that came twice) is left alone. */
  release(handle: number): void {
    if (!this.#isOpen(handle)) return;
    const slot = handle % TAG_UNIT;
    this.#header.fill(0);
    this.#write(this.#header, RECORD_HEADER_SIZE, slot);
    Atomics.store(this.#tags, slot, 0);
    this.#firstToTry = Math.min(this.#firstToTry, slot);
    if (slot >= FEW_OPEN_FILES) this.#shrink(slot);
  }

  /**
   * Makes `text` what the handle shows, and puts at most `size` bytes of it from `offset` on into `reply`, from
   * {@link RECORD_HEADER_SIZE} on; returns their number. Of a handle that is not open nothing is kept.
   */
  store(handle: number, text: string, offset: number, size: number, reply: Buffer): number {
    const length = Math.min(text.length, MAX_TEXT_BYTES);
    const recordSize = RECORD_HEADER_SIZE + length;
    // A reply's header is as long as a record's: the text is copied once, to where the reply needs it as well.
    const record = recordSize <= reply.length && offset === 0 ? reply : Buffer.allocUnsafe(recordSize);
    record.write(text, RECORD_HEADER_SIZE, length, 'latin1');
    if (this.#isOpen(handle)) {
      const isStored =
        this.#hasRoom(handle % TAG_UNIT) && this.#writeRecord(record, recordSize, handle, length);
      if (!isStored) this.#writeRecord(this.#header, RECORD_HEADER_SIZE, handle, NO_TEXT);
      Atomics.store(this.#lengths, handle % TAG_UNIT, length);
    }
    const count = Math.max(0, Math.min(size, length - offset, reply.length - RECORD_HEADER_SIZE));
    if (record !== reply && count > 0) {
      const start = RECORD_HEADER_SIZE + offset;
      record.copy(reply, RECORD_HEADER_SIZE, start, start + count);
    }
    return count;
  }

  /**
   * Puts at most `size` bytes of the handle's text from `offset` on into `reply`, from {@link RECORD_HEADER_SIZE} on, and
   * returns their number: 0 at the end and beyond. Undefined where the handle has no text yet.
   */
  load(handle: number, offset: number, size: number, reply: Buffer): number | undefined {
    if (!this.#isOpen(handle)) return undefined;
    // As good as every reader asks once more at the end: that takes no look at the record.
    const knownLength = Atomics.load(this.#lengths, handle % TAG_UNIT);
    if (knownLength !== UNKNOWN && offset >= knownLength) return 0;
    const start = (handle % TAG_UNIT) * SLOT_BYTES;
    readSync(this.#fd, this.#header, 0, RECORD_HEADER_SIZE, start);
    const length = this.#header.readUInt32LE(8);
    // Another handle's text, were two servers ever to give out one slot, must not be shown.
    if (length === NO_TEXT || readUint64(this.#header, 0) !== handle) return undefined;
    const count = Math.min(size, length - offset, reply.length - RECORD_HEADER_SIZE);
    if (count <= 0) return 0;
    return readSync(this.#fd, reply, RECORD_HEADER_SIZE, count, start + RECORD_HEADER_SIZE + offset);
  }

  /** Keeps what the handle shows now; the returned function makes it show that again. */
  keepText(handle: number): () => void {
    if (!this.#isOpen(handle)) return () => undefined;
    const start = (handle % TAG_UNIT) * SLOT_BYTES;
    readSync(this.#fd, this.#header, 0, RECORD_HEADER_SIZE, start);
    const length = this.#header.readUInt32LE(8);
    const record = Buffer.alloc(
      RECORD_HEADER_SIZE + (length === NO_TEXT ? 0 : Math.min(length, MAX_TEXT_BYTES)),
    );
    readSync(this.#fd, record, 0, record.length, start);
    return () => {
      this.#write(record, record.length, handle % TAG_UNIT);
      Atomics.store(this.#lengths, handle % TAG_UNIT, UNKNOWN);
    };
  }

  #isOpen(handle: number): boolean {
    const tag = Math.floor(handle / TAG_UNIT);
    const slot = handle % TAG_UNIT;
    return tag !== 0 && slot < MAX_OPEN_FILES && Atomics.load(this.#tags, slot) === tag;
  }

  /** Slots are taken from the lowest on, which keeps the file small; other threads may take one in between. */
  #take(tag: number): number | undefined {
    for (let tried = 0; tried < MAX_TRIED; tried++) {
      const slot = (this.#firstToTry + tried) % MAX_OPEN_FILES;
      if (Atomics.load(this.#tags, slot) !== 0) continue;
      if (!this.#hasRoom(slot)) {
        this.#firstToTry = 0; // another thread may have released one of the first
        return undefined;
      }
      if (Atomics.compareExchange(this.#tags, slot, 0, tag) !== 0) continue;
      this.#firstToTry = slot + 1;
      for (let seen = Atomics.load(this.#highest, 0); seen < slot;) {
        seen =
          Atomics.compareExchange(this.#highest, 0, seen, slot) === seen
            ? slot
            : Atomics.load(this.#highest, 0);
      }
      return slot;
    }
    this.#firstToTry = (this.#firstToTry + MAX_TRIED) % MAX_OPEN_FILES;
    return undefined;
  }

  /** Whether a slot may take memory: one of the first always may, and what the others have may not be too much. */
  #hasRoom(slot: number): boolean {
    return slot < FEW_OPEN_FILES || fstatSync(this.#fd).blocks * BLOCK_BYTES < this.#maxKeptBytes;
  }

  /**
   * Gives the memory of the highest slots back, once they are free. A slot that another thread takes at this moment may lose
   * its record, which costs its reader a rendering.
   */
  #shrink(released: number): void {
    if (released !== Atomics.load(this.#highest, 0)) return; // the one that is higher will
    let slot = released;
    while (slot >= FEW_OPEN_FILES && Atomics.load(this.#tags, slot) === 0) slot--;
    Atomics.store(this.#highest, 0, slot);
    ftruncateSync(this.#fd, (slot + 1) * SLOT_BYTES);
  }

  #writeRecord(record: Buffer, size: number, handle: number, length: number): boolean {
    writeUint64(record, 0, handle);
    record.writeUInt32LE(length, 8);
    record.writeUInt32LE(0, 12);
    return this.#write(record, size, handle % TAG_UNIT);
  }

  /** False where there is no room: nobody's read fails for that, what is not kept is rendered anew. */
  #write(record: Buffer, size: number, slot: number): boolean {
    try {
      return writeSync(this.#fd, record, 0, size, slot * SLOT_BYTES) === size;
    } catch (error) {
      if (NO_ROOM.has(errnoOf(error))) return false;
      throw error;
    }
  }
}
