import { closeSync, readSync } from 'node:fs';
import { openFileAt } from '../native/directory.ts';
import { SystemCallError } from '../native/libc.ts';
import { errnoOf } from '../procfs/kernel-file.ts';

/** The content of a file, or the errno name of why it could not be read (`ENOTCONN`: a dead mount). */
export type FileReading =
  { readonly path: string; readonly text: string } | { readonly path: string; readonly errno: string };

/** More than cpuinfo of the largest machines; what a container shows in its place may be endless. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Reads the file `path`, absolute, below directory `rootFd`. It may hang: see the agents. */
export function readFileReading(rootFd: number, path: string): FileReading {
  let fd;
  try {
    fd = openFileAt(rootFd, `.${path}`);
    return { path, text: readBounded(fd) };
  } catch (error) {
    const errno = error instanceof SystemCallError ? error.code : errnoOf(error);
    if (errno === '') throw error;
    return { path, errno };
  } finally {
    if (fd !== undefined) closeSync(fd);
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
