import { spawnSync } from 'node:child_process';
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { errnoOf } from '../procfs/kernel-file.ts';
import { posixLockHolder } from './posix-locks.ts';
import { StartError } from './start-error.ts';

const MOST_TRIES = 20;
const RETRY_MILLIS = 50;

/** A pid file that this process holds. */
export interface PidFile {
  readonly path: string;
  /** Removes the file, if it is still this process's own, and gives the lock back. */
  remove(): void;
}

/**
 * Takes the pid file for this process, or throws {@link StartError}: a file that another instance holds is left as it is.
 * The lock is flock(2)'s, which the kernel drops when the last process that has this open file ends, however it ends: a
 * stale file is no obstacle. An instance of the C implementation, which uses fcntl(2) locks, is respected as well.
 */
export function takePidFile(path: string, pid: number): PidFile {
  for (;;) {
    const fd = openPidFile(path);
    try {
      lock(fd, path);
      if (isFileAt(path, fd)) {
        ftruncateSync(fd);
        writeSync(fd, `${pid}\n`, 0);
        return { path, remove: () => removePidFile(path, fd) };
      }
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    closeSync(fd); // its former owner removed it between open and lock
  }
}

function openPidFile(path: string): number {
  try {
    return openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
  } catch (error) {
    throw new StartError(
      'pid-file',
      `pid file ${path} cannot be written (${errnoOf(error)})`,
      'create its directory, or choose another place with --pidfile',
      { cause: error },
    );
  }
}

/**
 * Node has no call for locks. flock(1) of util-linux or busybox locks a descriptor that it is given, and the lock stays with
 * the open file when flock has ended.
 */
function lock(fd: number, path: string): void {
  let result = tryToLock(fd);
  // A child that was just being started when its lxcfs was killed has the lock as well, for the moment until its exec.
  for (let tries = 0; result.status === 1 && tries < MOST_TRIES && !isAlive(holderIn(fd)); tries++) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MILLIS);
    result = tryToLock(fd);
  }
  if (result.status === 1) throw lockedError(path, holderIn(fd));
  if (result.status !== 0) {
    throw new StartError(
      'pid-file',
      `pid file ${path} cannot be locked (flock: ${result.error?.message ?? String(result.stderr).trim()})`,
      'install util-linux or busybox, and choose a file system that has locks',
      { cause: result.error },
    );
  }
  const holder = posixLockHolder(readFileSync('/proc/locks', 'latin1'), fstatSync(fd, { bigint: true }));
  if (holder !== undefined) throw lockedError(path, String(holder));
}

function tryToLock(fd: number) {
  return spawnSync('flock', ['-n', '-x', '3'], {
    stdio: ['ignore', 'ignore', 'pipe', fd],
    cwd: '/',
    timeout: 5_000,
  });
}

/** The pid that is written in the file; empty where there is none. */
function holderIn(fd: number): string {
  const content = Buffer.alloc(32);
  return content.toString('latin1', 0, readSync(fd, content, 0, content.length, 0)).trim();
}

/** Where no pid is known, there may well be somebody. */
function isAlive(pid: string): boolean {
  try {
    return !/^\d+$/.test(pid) || process.kill(Number(pid), 0);
  } catch {
    return false; // ESRCH
  }
}

function lockedError(path: string, holder: string): StartError {
  return new StartError(
    'pid-file-locked',
    `pid file ${path} is locked by a running lxcfs, process ${holder || 'unknown'}`,
    'stop that one first, or choose another file with --pidfile for a second mount',
  );
}

function removePidFile(path: string, fd: number): void {
  if (isFileAt(path, fd)) unlinkSync(path);
  closeSync(fd);
}

function isFileAt(path: string, fd: number): boolean {
  const there = statSync(path, { bigint: true, throwIfNoEntry: false });
  const mine = fstatSync(fd, { bigint: true });
  return there !== undefined && there.ino === mine.ino && there.dev === mine.dev;
}
