import { closeSync } from 'node:fs';
import { SystemCallError } from '../native/libc.ts';
import { openPlaceAt } from '../native/directory.ts';

/** A path opened name by name from a root, no symbolic link followed: what it leads to, and what that is in. */
export interface Place {
  readonly fd: number;
  readonly parentFd: number;
  /** The last name, to be used in `parentFd`; '.' for the root itself. */
  readonly name: string;
}

/**
 * Calls `use` with `path` (absolute, below `rootFd`) opened as a place, and closes it again. Undefined where there is no
 * such file or directory, or where a symbolic link leads on: whoever owns a container's files may put one anywhere.
 * Nothing is asked of the file itself, so that a dead or hung file system at the end of the path does no harm.
 */
export function withPlace<T>(rootFd: number, path: string, use: (place: Place) => T): T | undefined {
  const names = path.split('/').filter((name) => name !== '');
  const opened: number[] = [];
  try {
    let fd = rootFd;
    let parentFd = rootFd;
    for (const name of names) {
      parentFd = fd;
      fd = openPlaceAt(parentFd, name);
      opened.push(fd);
    }
    return use({ fd, parentFd, name: names.at(-1) ?? '.' });
  } catch (error) {
    const isMissing =
      error instanceof SystemCallError && error.syscall === 'openat' && MISSING.has(error.code);
    if (isMissing) return undefined;
    throw error;
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}

/** A symbolic link in the middle of a path is opened itself, and then is no directory to go on from. */
const MISSING = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);
