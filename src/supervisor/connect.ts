import { closeSync, openSync, read, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { negotiate, REQUEST_BUFFER_BYTES, type Session } from '../fuse/init.ts';
import { mountFuse, unmountFuse } from '../fuse/mount.ts';
import { Request } from '../fuse/request.ts';
import { withTimeLimit } from './time-limit.ts';

/** A mounted connection. */
export interface Connection {
  /** Descriptor of /dev/fuse; while any process has it, the mount lives. */
  readonly fd: number;
  readonly session: Session;
}

const INIT_LIMIT_MILLIS = 5_000;

/** Opens /dev/fuse, mounts it at `mountPoint` and answers FUSE_INIT. Nothing stays mounted where that fails. */
export async function connect(mountPoint: string): Promise<Connection> {
  const fd = openSync('/dev/fuse', 'r+');
  try {
    await mountFuse(fd, mountPoint);
    try {
      return { fd, session: await answerInit(fd) };
    } catch (error) {
      await unmountFuse(mountPoint, { lazy: true });
      throw error;
    }
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

async function answerInit(fd: number): Promise<Session> {
  const buffer = Buffer.alloc(REQUEST_BUFFER_BYTES);
  // mount(2) has queued the request; the time limit is for a kernel that does otherwise.
  const received = await withTimeLimit(
    promisify(read)(fd, buffer, 0, buffer.length, null),
    INIT_LIMIT_MILLIS,
    undefined,
  );
  if (received === undefined) throw new Error(`no FUSE_INIT within ${INIT_LIMIT_MILLIS / 1000} s`);
  const { reply, session } = negotiate(new Request(buffer, received.bytesRead));
  writeSync(fd, reply);
  return session;
}
