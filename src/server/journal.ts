import {
  closeSync,
  constants,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { IN_HEADER_SIZE } from '../fuse/abi.ts';
import type { Channel } from '../fuse/channel.ts';
import { REQUEST_BUFFER_BYTES } from '../fuse/init.ts';
import { interruptedReply } from '../fuse/reply.ts';
import { Request } from '../fuse/request.ts';
import { isJournal, journalPath } from './state-files.ts';

const MOMENT_MILLIS = 1;
/** Requests begin with their length: a slot that begins with 0 is empty. */
const EMPTY = Buffer.alloc(4);

/**
 * The request that each reader thread works on, for kernels that cannot send a request again (before 6.9): kept in a file
 * of the server's own in the state directory, from which a successor answers what a dead server left unanswered.
 */
export class Journal {
  readonly #fd: number;
  readonly #slots: number;

  /** `serverPid` names the file; `slots` is the number of threads. */
  constructor(stateDirectory: string, serverPid: number, slots: number) {
    const { O_RDWR, O_CREAT } = constants;
    this.#fd = openSync(journalPath(stateDirectory, serverPid), O_RDWR | O_CREAT, 0o600);
    this.#slots = slots;
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** Notes the last `unique` that an earlier server saw, for a successor that comes before a first request does. */
  startAt(unique: bigint): void {
    const header = Buffer.alloc(IN_HEADER_SIZE);
    header.writeBigUInt64LE(unique, 8);
    writeSync(this.#fd, header, 0, header.length, 0);
  }

  begin(slot: number, request: Request): void {
    writeSync(this.#fd, request.buffer, 0, request.length, slot * REQUEST_BUFFER_BYTES);
  }

  /** The rest of the frame stays: the last `unique` that the thread saw is of use to a successor. */
  end(slot: number): void {
    writeSync(this.#fd, EMPTY, 0, EMPTY.length, slot * REQUEST_BUFFER_BYTES);
  }

  /** The request that an earlier thread with this slot has left, or none. */
  left(slot: number): Request[] {
    const frame = Buffer.alloc(REQUEST_BUFFER_BYTES);
    readSync(this.#fd, frame, 0, frame.length, slot * REQUEST_BUFFER_BYTES);
    return requestIn(frame);
  }

  /**
   * Somebody interrupts the reader of a request. Every request is answered at once, unless it was lost with a dead thread:
   * then its reader would wait for ever, and this answer sets it free.
   */
  onInterrupt(interrupt: Request, channel: Channel): void {
    const target = interrupt.buffer.readBigUInt64LE(IN_HEADER_SIZE); // struct fuse_interrupt_in
    if (this.#isInProgress(target)) return;
    // A thread may have taken it and be about to write it down.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, MOMENT_MILLIS);
    if (this.#isInProgress(target)) return;
    const buffer = interruptedReply(target);
    channel.send({ buffer, length: buffer.length });
  }

  #isInProgress(unique: bigint): boolean {
    const header = Buffer.alloc(IN_HEADER_SIZE);
    for (let slot = 0; slot < this.#slots; slot++) {
      readSync(this.#fd, header, 0, header.length, slot * REQUEST_BUFFER_BYTES);
      if (header.readUInt32LE(0) !== 0 && header.readBigUInt64LE(8) === unique) return true;
    }
    return false;
  }
}

/** What dead servers left behind. */
export interface Legacy {
  /** Requests that were taken and written down, but not answered. */
  readonly unanswered: readonly Request[];
  /** The highest `unique` that they saw; undefined where they saw none. */
  readonly lastSeen: bigint | undefined;
}

/** Reads the journals of earlier servers, all of which are dead. */
export function readJournals(stateDirectory: string, ownPid: number): Legacy {
  const slots = journalsOfOthers(stateDirectory, ownPid).flatMap((path) => slotsOf(readFileSync(path)));
  const uniques = slots.map((slot) => slot.readBigUInt64LE(8)).filter((unique) => unique !== 0n);
  uniques.sort((a, b) => (a < b ? -1 : 1));
  return { unanswered: slots.flatMap(requestIn), lastSeen: uniques.at(-1) };
}

/** Removes them, once everything in them is done. */
export function removeJournals(stateDirectory: string, ownPid: number): void {
  for (const path of journalsOfOthers(stateDirectory, ownPid)) unlinkSync(path);
}

function journalsOfOthers(stateDirectory: string, ownPid: number): string[] {
  return readdirSync(stateDirectory)
    .filter(isJournal)
    .map((name) => `${stateDirectory}/${name}`)
    .filter((path) => path !== journalPath(stateDirectory, ownPid));
}

function slotsOf(content: Buffer): Buffer[] {
  const slots: Buffer[] = [];
  for (let start = 0; start + IN_HEADER_SIZE <= content.length; start += REQUEST_BUFFER_BYTES) {
    slots.push(content.subarray(start, start + REQUEST_BUFFER_BYTES));
  }
  return slots;
}

/** A slot that was being written when its server was killed may hold anything: what is no request is none. */
function requestIn(slot: Buffer): Request[] {
  const length = slot.readUInt32LE(0);
  return length < IN_HEADER_SIZE || length > slot.length ? [] : [new Request(slot, length)];
}
