import * as abi from './abi.ts';
import type { Attributes, Validity } from './attributes.ts';
import { Errno } from './errno.ts';
import type { Request } from './request.ts';
import { writeUint64 } from './uint64.ts';

const BLOCK_BYTES = 4096;
const START = abi.OUT_HEADER_SIZE;

/**
 * The reply under construction of one thread: room for the header (struct fuse_out_header), and behind it the payload,
 * written in place, so that a reply leaves in one write and a text is copied once.
 */
export class Reply {
  readonly buffer: Buffer;
  /** Length of the whole message in bytes, once {@link finish} or {@link fail} was called. */
  length = 0;

  constructor(payloadBytes: number) {
    this.buffer = Buffer.alloc(START + payloadBytes);
  }

  /** Completes the header before a payload of `payloadBytes` that is in place. */
  finish(request: Request, payloadBytes: number): void {
    this.#header(request, START + payloadBytes, 0);
  }

  /** Makes this the failure of `request` with a positive errno. */
  fail(request: Request, errno: number): void {
    this.#header(request, START, -errno);
  }

  /** Payload of LOOKUP, struct fuse_entry_out; returns its size. Node id 0 says: no such name, and remember that. */
  entry(attributes: Attributes, validity: Validity, nowSeconds: number): number {
    writeUint64(this.buffer, START, attributes.nodeId);
    writeUint64(this.buffer, START + 8, 0); // generation: a node id never gets another meaning
    writeUint64(this.buffer, START + 16, validity.entrySeconds);
    writeUint64(this.buffer, START + 24, validity.attributeSeconds);
    writeUint64(this.buffer, START + 32, 0);
    this.#attributes(START + 40, attributes, nowSeconds);
    return abi.ENTRY_OUT_SIZE;
  }

  /** Payload of GETATTR and SETATTR, struct fuse_attr_out; returns its size. */
  attributes(attributes: Attributes, validity: Validity, nowSeconds: number): number {
    writeUint64(this.buffer, START, validity.attributeSeconds);
    writeUint64(this.buffer, START + 8, 0);
    this.#attributes(START + 16, attributes, nowSeconds);
    return abi.ATTR_OUT_SIZE;
  }

  /** Payload of OPEN and OPENDIR, struct fuse_open_out; returns its size. */
  open(handle: number, flags: number): number {
    writeUint64(this.buffer, START, handle);
    writeUint64(this.buffer, START + 8, flags);
    return abi.OPEN_OUT_SIZE;
  }

  /** Payload of STATFS, struct fuse_statfs_out of a file system that holds nothing; returns its size. */
  statfs(): number {
    this.buffer.fill(0, START, START + abi.STATFS_OUT_SIZE);
    this.buffer.writeUInt32LE(BLOCK_BYTES, START + 40); // bsize
    this.buffer.writeUInt32LE(255, START + 44); // namelen
    this.buffer.writeUInt32LE(BLOCK_BYTES, START + 48); // frsize
    return abi.STATFS_OUT_SIZE;
  }

  /** Payload that is a text of one byte per character; returns its size, RangeError where it does not fit. */
  text(text: string): number {
    if (text.length > this.buffer.length - START) throw new RangeError('text longer than a reply can be');
    return this.buffer.write(text, START, 'latin1');
  }

  #header(request: Request, length: number, error: number): void {
    this.buffer.writeUInt32LE(length, 0);
    this.buffer.writeInt32LE(error, 4);
    // `unique` goes back as it came, all 64 bits, the mark of a resent request (bit 63) included.
    this.buffer.writeUInt32LE(request.buffer.readUInt32LE(8), 8);
    this.buffer.writeUInt32LE(request.buffer.readUInt32LE(12), 12);
    this.length = length;
  }

  #attributes(at: number, attributes: Attributes, nowSeconds: number): void {
    this.buffer.fill(0, at, at + abi.ATTR_SIZE);
    writeUint64(this.buffer, at, attributes.nodeId);
    writeUint64(this.buffer, at + 8, attributes.sizeBytes);
    writeUint64(this.buffer, at + 16, Math.ceil(attributes.sizeBytes / 512)); // blocks: none would mean a sparse file
    writeUint64(this.buffer, at + 24, nowSeconds); // atime
    writeUint64(this.buffer, at + 32, nowSeconds); // mtime
    writeUint64(this.buffer, at + 40, nowSeconds); // ctime
    this.buffer.writeUInt32LE(attributes.mode, at + 60);
    this.buffer.writeUInt32LE(attributes.linkCount, at + 64);
    this.buffer.writeUInt32LE(BLOCK_BYTES, at + 80);
  }
}

/** The message that asks the kernel (6.9 and later) to send again every request that was taken and not answered. */
export function resendNotification(): Buffer {
  const message = Buffer.alloc(START);
  message.writeUInt32LE(START, 0);
  message.writeInt32LE(abi.NOTIFY_RESEND, 4);
  return message;
}

/** The answer EINTR to the request that has this `unique`. */
export function interruptedReply(unique: bigint): Buffer {
  const message = Buffer.alloc(START);
  message.writeUInt32LE(START, 0);
  message.writeInt32LE(-Errno.EINTR, 4);
  message.writeBigUInt64LE(unique, 8);
  return message;
}
