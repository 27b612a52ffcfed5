import { closeSync, fstatSync, readSync } from 'node:fs';
import { openFileAt } from '../native/directory.ts';
import { SystemCallError } from '../native/libc.ts';
import { errnoOf } from '../procfs/kernel-file.ts';
import { withPlace } from './place.ts';

/** The content of a file, or the errno name of why it could not be read (`ENOTCONN`: a dead mount). */
export type FileReading =
  { readonly path: string; readonly text: string } | { readonly path: string; readonly errno: string };

/** More than cpuinfo of the largest machines; what a container shows in its place may be endless. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Reads the file `path`, absolute, below directory `rootFd`; `procFd` is the host's /proc. Only a regular file is opened,
 * and no symbolic link followed: a container may have made a device of it, which the host's root may open and it may not.
 * It may hang: see the agents.
 */
export function readFileReading(procFd: number, rootFd: number, path: string): FileReading {
  try {
    const text = withPlace(rootFd, path, ({ fd }) =>
      fstatSync(fd).isFile() ? readPlace(procFd, fd) : undefined,
    );
    return text === undefined ? { path, errno: 'ENOENT' } : { path, text };
  } catch (error) {
    const errno = error instanceof SystemCallError ? error.code : errnoOf(error);
    if (errno === '') throw error;
    return { path, errno };
  }
}

function readPlace(procFd: number, placeFd: number): string {
  const fd = openFileAt(procFd, `thread-self/fd/${placeFd}`);
  try {
    return readBounded(fd);
  } finally {
    closeSync(fd);
  }
}

function readBounded(fd: number): string {
  const chunks: Buffer[] = [];
  for (let total = 0; total < MAX_BYTES;) {
    const chunk = Buffer.alloc(64 * 1024);
    const length = readSync(fd, chunk);
    if (length === 0) break;
    total += length;
    chunks.push(chunk.subarray(0, length));
  }
  return Buffer.concat(chunks).toString('latin1');
}
