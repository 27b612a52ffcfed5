import { libcFunction, numberedSystemCall } from './libc.ts';

const pidfdOpenCall = numberedSystemCall('pidfd_open', 434, ['int', 'uint']);
const pidfdGetfdCall = numberedSystemCall('pidfd_getfd', 438, ['int', 'int', 'uint']);
const closeCall = libcFunction('close', ['int']);

/** A descriptor that stands for process `pid` and for none that gets its number later (pidfd_open(2), Linux 5.3). */
export function pidfdOpen(pid: number): number {
  return pidfdOpenCall(pid, 0);
}

/**
 * Copies descriptor `targetFd` of the process behind `pidfd` into this process (pidfd_getfd(2), Linux 5.6); the copy is
 * close-on-exec. Needs the right to ptrace that process; ESRCH once it is dead.
 */
export function pidfdGetfd(pidfd: number, targetFd: number): number {
  return pidfdGetfdCall(pidfd, targetFd, 0);
}

/** Closes a descriptor that was made here. */
export function closeDescriptor(fd: number): void {
  closeCall(fd);
}
