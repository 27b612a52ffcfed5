import { constants } from 'node:fs';
import { libcFunction } from './libc.ts';

const openatCall = libcFunction('openat', ['int', 'str', 'int', 'int']);
const fchdirCall = libcFunction('fchdir', ['int']);
const chrootCall = libcFunction('chroot', ['str']);

/** open(2) flags that Node does not name; the same on every architecture that Node runs on. */
const O_PATH = 0o10_000_000;
const O_CLOEXEC = 0o2_000_000;
const AT_FDCWD = -100;

/**
 * Opens `name` in directory `dirFd` as a place only (O_PATH): nothing is read, no file system is asked about the last
 * name's file, and a symbolic link is not followed but opened itself.
 */
export function openPlaceAt(dirFd: number, name: string): number {
  return openatCall(dirFd, name, O_PATH | O_CLOEXEC | constants.O_NOFOLLOW, 0);
}

/** Opens the directory `path` as a place only, following symbolic links. */
export function openDirectoryPlace(path: string): number {
  return openatCall(AT_FDCWD, path, O_PATH | O_CLOEXEC | constants.O_DIRECTORY, 0);
}

/** Opens `name` below directory `dirFd` for reading. */
export function openFileAt(dirFd: number, name: string): number {
  return openatCall(dirFd, name, constants.O_RDONLY | O_CLOEXEC, 0);
}

/** Makes `dirFd` this thread's working directory (the process's, unless its fs is unshared). */
export function changeDirectory(dirFd: number): void {
  fchdirCall(dirFd);
}

/** Makes `dirFd` the root and working directory. */
export function changeRoot(dirFd: number): void {
  fchdirCall(dirFd);
  chrootCall('.');
}
