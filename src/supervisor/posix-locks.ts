/** The part of a file's status that names it among locks, as lstat(2) with 64-bit numbers gives it. */
export interface LockedFile {
  readonly dev: bigint;
  readonly ino: bigint;
}

/**
 * Finds the process that holds an fcntl(2) write lock on a file, in the text of /proc/locks (proc_locks(5)).
 *
 * `1: POSIX  ADVISORY  WRITE 1234 00:1a:5678 0 EOF`
 */
export function posixLockHolder(locks: string, file: LockedFile): number | undefined {
  const id = `${deviceName(file.dev)}:${file.ino}`;
  for (const line of locks.split('\n')) {
    const [, type, , access, pid, place] = line.trim().split(/\s+/);
    if (type === 'POSIX' && access === 'WRITE' && place === id) return Number(pid);
  }
  return undefined;
}

/** `00:1a`: major and minor number in hexadecimal, at least two digits each; dev_t as glibc and musl lay it out. */
function deviceName(device: bigint): string {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn);
  const minor = (device & 0xffn) | ((device >> 12n) & 0xffffff00n);
  return [major, minor].map((part) => part.toString(16).padStart(2, '0')).join(':');
}
