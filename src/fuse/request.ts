import { IN_HEADER_SIZE } from './abi.ts';
import { RequestError } from './errno.ts';

/** A message from the kernel that does not have the form of a request; its header says too little to answer it. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

/** Ids are exact up to here: 2^53 is 0x20_0000 in the upper word. */
const SAFE_HIGH_WORD = 0x20_0000;

/**
 * A request as the kernel wrote it into a buffer: struct fuse_in_header and the operation's own structure behind it.
 * It is a view, valid until the buffer's next use. Nothing beyond the request's length is ever read: EINVAL.
 *
 * 64-bit ids stay exact: those that this server gives out (nodes, handles) are below 2^53, and any other reads as NaN,
 * which no table knows. `unique`, which the kernel chooses, is never turned into a number: replies copy its bytes.
 */
export class Request {
  readonly buffer: Buffer;
  /** Length of the whole message in bytes. */
  readonly length: number;

  /** Throws {@link FrameError} where the first `length` bytes of `buffer` are no whole message. */
  constructor(buffer: Buffer, length: number) {
    if (length < IN_HEADER_SIZE || length > buffer.length) {
      throw new FrameError(`request of ${length} bytes, expected ${IN_HEADER_SIZE} to ${buffer.length}`);
    }
    const stated = buffer.readUInt32LE(0);
    if (stated !== length) throw new FrameError(`request of ${length} bytes says that it has ${stated}`);
    this.buffer = buffer;
    this.length = length;
  }

  get opcode(): number {
    return this.buffer.readUInt32LE(4);
  }

  get nodeId(): number {
    return this.#id(16);
  }

  /** User id of the caller in the user namespace of the mount: 0 is root of the host. */
  get uid(): number {
    return this.buffer.readUInt32LE(24);
  }

  /** Thread id of the caller in the daemon's pid namespace; 0 where it has none there. */
  get pid(): number {
    return this.buffer.readUInt32LE(32);
  }

  /** 32-bit field at `offset` of the operation's structure. */
  uint32(offset: number): number {
    return this.buffer.readUInt32LE(this.#at(offset, 4));
  }

  /** 64-bit field at `offset` of the operation's structure; NaN from 2^53 on. */
  uint64(offset: number): number {
    return this.#id(this.#at(offset, 8));
  }

  /** The name at `offset` of the operation's structure, one character a byte (latin1); EINVAL where it can be none. */
  name(offset: number): string {
    const start = this.#at(offset, 1);
    const end = this.buffer.indexOf(0, start);
    if (end === -1 || end >= this.length) throw new RequestError('EINVAL', 'name without an end');
    const name = this.buffer.toString('latin1', start, end);
    if (name === '' || name.includes('/'))
      throw new RequestError('EINVAL', `bad name ${JSON.stringify(name)}`);
    return name;
  }

  #at(offset: number, size: number): number {
    const start = IN_HEADER_SIZE + offset;
    if (start + size > this.length) {
      throw new RequestError('EINVAL', `operation ${this.opcode} of ${this.length} bytes is too short`);
    }
    return start;
  }

  #id(at: number): number {
    const high = this.buffer.readUInt32LE(at + 4);
    return high < SAFE_HIGH_WORD ? high * 0x1_0000_0000 + this.buffer.readUInt32LE(at) : Number.NaN;
  }
}
