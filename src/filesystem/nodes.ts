import { ROOT_ID } from '../fuse/abi.ts';

/** A node that is there on every host, or a directory that leads to one. */
export interface FixedNode {
  readonly id: number;
  /** Path below the mount, without a slash in front; '' is the root. */
  readonly path: string;
  readonly kind: 'directory' | 'view';
}

/** The directory in which the host's sysfs is mirrored and some names depend on the reader. */
export const CPU_DIRECTORY = 'sys/devices/system/cpu';

/**
 * The ids are part of the product's promise: running containers hold bind mounts of these files, which the kernel knows by
 * id alone, and which a later version of the server must find under the same number. Never change or reuse one.
 */
export const FIXED_NODES: readonly FixedNode[] = [
  { id: ROOT_ID, path: '', kind: 'directory' },
  { id: 2, path: 'proc', kind: 'directory' },
  { id: 3, path: 'sys', kind: 'directory' },
  { id: 4, path: 'sys/devices', kind: 'directory' },
  { id: 5, path: 'sys/devices/system', kind: 'directory' },
  { id: 6, path: CPU_DIRECTORY, kind: 'directory' },
  { id: 7, path: 'proc/pressure', kind: 'directory' },
  { id: 16, path: 'proc/cpuinfo', kind: 'view' },
  { id: 17, path: 'proc/diskstats', kind: 'view' },
  { id: 18, path: 'proc/loadavg', kind: 'view' },
  { id: 19, path: 'proc/meminfo', kind: 'view' },
  { id: 20, path: 'proc/partitions', kind: 'view' },
  { id: 21, path: 'proc/slabinfo', kind: 'view' },
  { id: 22, path: 'proc/stat', kind: 'view' },
  { id: 23, path: 'proc/swaps', kind: 'view' },
  { id: 24, path: 'proc/uptime', kind: 'view' },
  { id: 32, path: 'proc/pressure/cpu', kind: 'view' },
  { id: 33, path: 'proc/pressure/io', kind: 'view' },
  { id: 34, path: 'proc/pressure/memory', kind: 'view' },
  { id: 48, path: `${CPU_DIRECTORY}/kernel_max`, kind: 'view' },
  { id: 49, path: `${CPU_DIRECTORY}/offline`, kind: 'view' },
  { id: 50, path: `${CPU_DIRECTORY}/online`, kind: 'view' },
  { id: 51, path: `${CPU_DIRECTORY}/possible`, kind: 'view' },
  { id: 52, path: `${CPU_DIRECTORY}/present`, kind: 'view' },
];

/** Ids from here on stand for mirrored paths; see MirrorIds. */
export const FIRST_MIRROR_ID = 2 ** 32;
