import { INIT_OUT_SIZE, InitFlag, InitFlag2, Opcode, OUT_HEADER_SIZE } from './abi.ts';
import { FrameError, type Request } from './request.ts';

/** Largest write that the kernel may send: the smallest value that it accepts, since every write is refused. */
export const MAX_WRITE_BYTES = 4096;
/** Size of a buffer for requests: if it cannot hold {@link MAX_WRITE_BYTES} and a page of headers, every read is EINVAL. */
export const REQUEST_BUFFER_BYTES = 16 * 1024;
/** Largest read that the kernel sends: 32 pages, the protocol's default. */
export const MAX_READ_BYTES = 128 * 1024;

const MAJOR = 7;
const OUR_MINOR = 38;
/** From 7.23 on (kernel 3.15) the reply has its present size. */
const OLDEST_MINOR = 23;
/**
 * Not ATOMIC_O_TRUNC: with it whoever opens a file with O_TRUNC leaves the kernel with a size of 0 for it, without asking, at
 * which sendfile and io_uring end in all containers.
 */
const WANTED = InitFlag.ASYNC_READ | InitFlag.PARALLEL_DIROPS;

/** What INIT settled. */
export interface Session {
  /** The kernel's protocol, `7.45`. */
  readonly protocol: string;
  /** Whether unanswered requests can be had again with the resend notification. */
  readonly canResend: boolean;
}

/**
 * Answers the first request of a connection, FUSE_INIT: returns the reply to write and what was settled.
 * Throws {@link FrameError} where it is another request, or the kernel's protocol is not one that this server speaks.
 */
export function negotiate(request: Request): { readonly reply: Buffer; readonly session: Session } {
  if (request.opcode !== Opcode.INIT)
    throw new FrameError(`expected FUSE_INIT, found operation ${request.opcode}`);
  const major = request.uint32(0);
  const minor = request.uint32(4);
  if (major !== MAJOR || minor < OLDEST_MINOR) {
    throw new FrameError(`kernel speaks FUSE ${major}.${minor}, expected ${MAJOR}.${OLDEST_MINOR} or later`);
  }
  const offered = request.uint32(12);
  const offered2 = (offered & InitFlag.INIT_EXT) === 0 ? 0 : request.uint32(16);
  return {
    reply: initReply(request, offered & WANTED),
    session: { protocol: `${major}.${minor}`, canResend: (offered2 & InitFlag2.HAS_RESEND) !== 0 },
  };
}

function initReply(request: Request, flags: number): Buffer {
  const reply = Buffer.alloc(OUT_HEADER_SIZE + INIT_OUT_SIZE);
  reply.writeUInt32LE(reply.length, 0);
  request.buffer.copy(reply, 8, 8, 16); // unique
  const body = reply.subarray(OUT_HEADER_SIZE);
  body.writeUInt32LE(MAJOR, 0);
  body.writeUInt32LE(OUR_MINOR, 4);
  body.writeUInt32LE(request.uint32(8), 8); // max_readahead, as offered
  body.writeUInt32LE(flags, 12);
  body.writeUInt16LE(64, 16); // max_background
  body.writeUInt16LE(48, 18); // congestion_threshold
  body.writeUInt32LE(MAX_WRITE_BYTES, 20);
  body.writeUInt32LE(1, 24); // time_gran, ns
  return reply;
}
