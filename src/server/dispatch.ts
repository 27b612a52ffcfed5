import { FOPEN_DIRECT_IO, Opcode, OUT_HEADER_SIZE, SetattrValid } from '../fuse/abi.ts';
import { packEntries } from '../fuse/dirent.ts';
import { Errno, RequestError } from '../fuse/errno.ts';
import type { Reply } from '../fuse/reply.ts';
import type { Request } from '../fuse/request.ts';
import type { FileSystem } from '../filesystem/file-system.ts';

/** What the reader loop does with a request that was handled. */
export type Outcome = 'reply' | 'no-reply';

/**
 * Carries out one request and completes its reply. Whatever goes wrong becomes an errno in the reply: the one that a
 * RequestError names, else EIO, of which `onUnexpected` is told.
 */
export function dispatch(
  request: Request,
  reply: Reply,
  fileSystem: FileSystem,
  onUnexpected: (error: unknown, opcode: number) => void,
): Outcome {
  try {
    const payloadBytes = carryOut(request, reply, fileSystem);
    if (payloadBytes === NO_REPLY) return 'no-reply';
    if (!Number.isInteger(payloadBytes)) throw new TypeError(`reply of ${payloadBytes} bytes`);
    if (payloadBytes < 0) reply.fail(request, -payloadBytes);
    else reply.finish(request, payloadBytes);
  } catch (error) {
    if (error instanceof RequestError) {
      reply.fail(request, error.errno);
    } else {
      onUnexpected(error, request.opcode);
      reply.fail(request, Errno.EIO);
    }
  }
  return 'reply';
}

/**
 * The kernel names a lock owner in the reads of a process, and in none that it makes to fill the page cache, as it does for
 * sendfile, splice and mmap since Linux 6.5 in spite of FOPEN_DIRECT_IO. Such pages would belong to the inode, and so to all
 * containers; with EINVAL programs go back to read.
 */
const READ_LOCKOWNER = 2;

const NO_REPLY = Number.NEGATIVE_INFINITY;

/** Returns the size of the payload in place, a negative errno, or NO_REPLY. */
function carryOut(request: Request, reply: Reply, fileSystem: FileSystem): number {
  switch (request.opcode) {
    case Opcode.READ: {
      // struct fuse_read_in: fh, offset, size, read_flags
      if ((request.uint32(20) & READ_LOCKOWNER) === 0) {
        throw new RequestError('EINVAL', 'read for the page cache');
      }
      const [handle, offset, size] = [request.uint64(0), offsetIn(request, 8), request.uint32(16)];
      return fileSystem.read(request.nodeId, handle, offset, size, request, reply.buffer);
    }
    case Opcode.OPEN:
      return reply.open(fileSystem.open(request.nodeId, request), FOPEN_DIRECT_IO);
    case Opcode.RELEASE:
      fileSystem.release(request.uint64(0));
      return 0;
    case Opcode.LOOKUP: {
      const { attributes, validity } = fileSystem.lookup(request.nodeId, request.name(0), request);
      return reply.entry(attributes, validity, nowSeconds());
    }
    case Opcode.GETATTR: {
      const { attributes, validity } = fileSystem.attributes(request.nodeId, request);
      return reply.attributes(attributes, validity, nowSeconds());
    }
    case Opcode.SETATTR:
      return setAttributes(request, reply, fileSystem);
    case Opcode.READLINK:
      return reply.text(fileSystem.readLink(request.nodeId, request));
    case Opcode.OPENDIR:
      fileSystem.openDirectory(request.nodeId, request);
      // No flags: the kernel must not keep a listing that depends on the reader.
      return reply.open(0, 0);
    case Opcode.READDIR: {
      const [offset, size] = [offsetIn(request, 8), request.uint32(16)];
      const entries = fileSystem.list(request.nodeId, request);
      return packEntries(entries, offset, reply.buffer, OUT_HEADER_SIZE, size);
    }
    case Opcode.RELEASEDIR:
      return 0;
    case Opcode.ACCESS:
      fileSystem.access(request.nodeId, request.uint32(0), request);
      return 0;
    case Opcode.STATFS:
      return reply.statfs();
    case Opcode.WRITE:
      return -fileSystem.writeErrno(request.nodeId);
    case Opcode.IOCTL:
      return -Errno.ENOTTY;
    case Opcode.FALLOCATE:
      return -Errno.EOPNOTSUPP;
    case Opcode.SYMLINK:
    case Opcode.MKNOD:
    case Opcode.MKDIR:
    case Opcode.UNLINK:
    case Opcode.RMDIR:
    case Opcode.RENAME:
    case Opcode.RENAME2:
    case Opcode.LINK:
    case Opcode.CREATE:
    case Opcode.TMPFILE:
      return -Errno.EROFS;
    case Opcode.FORGET:
    case Opcode.BATCH_FORGET:
    case Opcode.NOTIFY_REPLY:
    case Opcode.INTERRUPT: // every request is answered at once: there is nothing to stop
      return NO_REPLY;
    case Opcode.DESTROY:
      return 0;
    default:
      // FLUSH, FSYNC, xattrs, POLL, LSEEK and what later kernels ask: the kernel does its default and asks no more.
      return -Errno.ENOSYS;
  }
}

/** An offset in a file or listing: any that a number cannot hold is as far beyond the end as the largest that it can. */
function offsetIn(request: Request, at: number): number {
  const offset = request.uint64(at);
  return Number.isNaN(offset) ? Number.MAX_SAFE_INTEGER : offset;
}

function setAttributes(request: Request, reply: Reply, fileSystem: FileSystem): number {
  const valid = request.uint32(0);
  const onlySize = (valid & ~IGNORED_VALID) === SetattrValid.SIZE;
  if (!onlySize) throw new RequestError('EPERM', 'change of attributes');
  const mayBeOpening = (valid & SetattrValid.FH) === 0 && request.uint64(16) === 0;
  const { attributes, validity } = fileSystem.truncate(request.nodeId, mayBeOpening, request);
  return reply.attributes(attributes, validity, nowSeconds());
}

/** Bits of SETATTR's `valid` that come with a truncation and change nothing themselves. */
const IGNORED_VALID = SetattrValid.FH | SetattrValid.LOCKOWNER | SetattrValid.KILL_SUIDGID;

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
