import { closeSync, openSync, readFileSync } from 'node:fs';
import { errnoOf } from '../procfs/kernel-file.ts';
import { StartError } from './start-error.ts';

/** Descriptors that a supervisor or server may have open at once: caches of kernel files, and room for everything else. */
const LEAST_DESCRIPTORS = 1024;

/** Checks what no start can do without: root, the FUSE device, enough descriptors. Throws {@link StartError}. */
export function checkPreconditions(): void {
  checkRoot(process.geteuid?.());
  checkFuseDevice('/dev/fuse');
  checkDescriptorLimit(readFileSync('/proc/self/limits', 'latin1'));
}

export function checkRoot(effectiveUid: number | undefined): void {
  if (effectiveUid === 0) return;
  throw new StartError(
    'not-root',
    `lxcfs needs root to mount and to look into containers, it runs as uid ${effectiveUid}`,
    'start it with sudo or as a system service',
  );
}

/** Opens `device` as the mount will, which has no effect until it is mounted. */
export function checkFuseDevice(device: string): void {
  try {
    closeSync(openSync(device, 'r+'));
  } catch (error) {
    throw new StartError('no-fuse-device', `${device} cannot be opened (${errnoOf(error)})`, cureOf(error), {
      cause: error,
    });
  }
}

function cureOf(error: unknown): string {
  switch (errnoOf(error)) {
    case 'ENOENT':
    case 'ENODEV':
    case 'ENXIO':
      return 'modprobe fuse (inside a container: give it the device)';
    case 'EPERM':
    case 'EACCES':
      return 'a device policy forbids it: allow the device to this service or container';
    default:
      return 'it must be the character device 10:229';
  }
}

/**
 * Checks the hard limit, to which Node raises the soft one by itself.
 *
 * `Max open files            1024                 524288               files     `
 */
export function checkDescriptorLimit(limits: string): void {
  const [, hard] = /^Max open files +\S+ +(\S+)/m.exec(limits) ?? [];
  const limit = hard === undefined || hard === 'unlimited' ? Infinity : Number(hard);
  if (limit >= LEAST_DESCRIPTORS) return;
  throw new StartError(
    'too-few-descriptors',
    `RLIMIT_NOFILE is ${limit}, at least ${LEAST_DESCRIPTORS} open files are needed`,
    'raise it with ulimit -Hn, or LimitNOFILE= of the service',
  );
}
