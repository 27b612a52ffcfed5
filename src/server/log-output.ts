import { constants, fstatSync, openSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';

/** How long a reader may hold the process up that has been quick so far, in milliseconds. */
const PATIENCE_MILLIS = 50;
const POLL_MILLIS = 5;
const RETRY_MILLIS = 1_000;

/**
 * Where log records go, each a line and written whole before the call returns. A pipe that is full, since nobody reads it,
 * must not stop the daemon: then records are dropped, and how many they were is said once it flows again.
 */
export class LogOutput {
  readonly #descriptor: LogDescriptor;
  readonly #lossNote: (dropped: number) => string;
  /** What of a record could not be written any more. */
  #rest: Buffer = Buffer.alloc(0);
  #dropped = 0;
  #retry: NodeJS.Timeout | undefined;

  /** `lossNote` makes the record about records that were dropped. */
  constructor(descriptor: LogDescriptor, lossNote: (dropped: number) => string) {
    this.#descriptor = descriptor;
    this.#lossNote = lossNote;
  }

  write(record: string): void {
    if (this.#retry !== undefined && !this.#catchUp()) {
      this.#dropped++;
      return;
    }
    const line = Buffer.from(record);
    this.#rest = this.#put(line, PATIENCE_MILLIS);
    if (this.#rest.length === 0) return;
    if (this.#rest.length === line.length) {
      this.#rest = Buffer.alloc(0);
      this.#dropped++;
    }
    this.#retry = setInterval(() => this.#catchUp(), RETRY_MILLIS).unref();
  }

  /** Writes what is due from the time when nobody read; false where still nobody does. */
  #catchUp(): boolean {
    this.#rest = this.#put(this.#rest, 0);
    if (this.#rest.length === 0 && this.#dropped > 0) {
      const note = Buffer.from(this.#lossNote(this.#dropped));
      this.#rest = this.#put(note, 0);
      if (this.#rest.length < note.length) this.#dropped = 0;
      else this.#rest = Buffer.alloc(0);
    }
    if (this.#rest.length > 0 || this.#dropped > 0) return false;
    clearInterval(this.#retry);
    this.#retry = undefined;
    return true;
  }

  /** What of the bytes did not go out in time; nothing where they have no reader any more (EPIPE). */
  #put(bytes: Buffer, patienceMillis: number): Buffer {
    let rest = bytes;
    const deadline = performance.now() + patienceMillis;
    this.#descriptor.unblock();
    while (rest.length > 0) {
      try {
        rest = rest.subarray(writeSync(this.#descriptor.fd, rest));
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) return Buffer.alloc(0);
        if (performance.now() >= deadline) return rest;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MILLIS);
      }
    }
    return rest;
  }
}

/** A descriptor for the log that does not block, wherever that can be had. */
interface LogDescriptor {
  readonly fd: number;
  /** Makes sure of that before a write. */
  readonly unblock: () => void;
}

const STDERR = 2;

/** For what standard error is. */
export function openLogDescriptor(): LogDescriptor {
  const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
  try {
    const stats = fstatSync(STDERR);
    // Opened anew: a mode of standard error itself is that of all who have the same pipe or terminal, and children change it.
    if (stats.isFIFO() || stats.isCharacterDevice())
      return {
        fd: openSync(`/proc/self/fd/${STDERR}`, O_WRONLY | O_NONBLOCK | O_NOCTTY),
        unblock: () => undefined,
      };
    if (stats.isSocket()) return { fd: STDERR, unblock: unblockSocket(STDERR) };
  } catch {
    // closed, or a kind of its own: as it is
  }
  return { fd: STDERR, unblock: () => undefined };
}

/** The journal's. Sockets cannot be opened anew, and each child that inherits one makes it block again. */
function unblockSocket(fd: number): () => void {
  const socket = new Socket({ fd, readable: false, writable: true }).unref();
  return () => {
    const handle: unknown = Reflect.get(socket, '_handle');
    if (isStreamHandle(handle)) handle.setBlocking(false);
  };
}

function isStreamHandle(value: unknown): value is { setBlocking(enable: boolean): void } {
  return typeof value === 'object' && value !== null && 'setBlocking' in value;
}
