import { closeSync, readFileSync } from 'node:fs';
import { openFileAt } from '../native/directory.ts';
import { errnoOf, isGone } from '../procfs/kernel-file.ts';
import { type MountInfo, parseMountInfo } from '../procfs/mountinfo.ts';

/** The mounts that the calling thread sees, in whichever mount namespace it is now, read through a kept `/proc`. */
export class MountTable {
  readonly #procFd: number;

  /** `procFd`: the host's /proc as a place, opened before any namespace was entered. */
  constructor(procFd: number) {
    this.#procFd = procFd;
  }

  /** Every mount that can be reached from the thread's root, the one mounted last at the end. */
  mounts(): MountInfo[] {
    return parseMountInfo(this.#read('thread-self/mountinfo'));
  }

  /** The mount that a descriptor is in; its file system is not asked. */
  mountOf(fd: number, mounts = this.mounts()): MountInfo {
    const id = mountIdFrom(this.#read(`thread-self/fdinfo/${fd}`));
    const mount = mounts.find((each) => each.id === id);
    if (mount === undefined)
      throw new Error(`expected mount ${id} in /proc/thread-self/mountinfo, found none`);
    return mount;
  }

  #read(name: string): string {
    const fd = openFileAt(this.#procFd, name);
    try {
      return readFileSync(fd, 'latin1');
    } finally {
      closeSync(fd);
    }
  }
}

/** The mounts of the mount namespace that the calling thread is in, by the /proc that it sees. */
export function ownMounts(): MountInfo[] {
  return parseMountInfo(readFileSync('/proc/thread-self/mountinfo', 'latin1'));
}

/** The mounts of lxcfs file systems, alive or dead, that a process sees; undefined where it has ended. */
export function lxcfsMountsOf(pid: number): MountInfo[] | undefined {
  try {
    return parseMountInfo(readFileSync(`/proc/${pid}/mountinfo`, 'latin1')).filter(isLxcfs);
  } catch (error) {
    // EINVAL: it has ended, and its parent does not know yet.
    if (isGone(error) || errnoOf(error) === 'EINVAL') return undefined;
    throw error;
  }
}

/** `mnt_id:	15` in /proc/PID/fdinfo/FD */
function mountIdFrom(fdinfo: string): number {
  return Number(/^mnt_id:\s*(\d+)$/m.exec(fdinfo)?.[1]);
}

/** Whether a mount is of an lxcfs file system, this one or another, alive or dead. */
export function isLxcfs(mount: MountInfo): boolean {
  return mount.fsType === 'fuse.lxcfs';
}

/** The peer groups that mounts and unmounts would reach these mounts through: `shared:12` and `master:12` both give `12`. */
export function peerGroups(mounts: readonly MountInfo[]): Set<string> {
  return new Set(mounts.flatMap(({ propagation }) => propagation.flatMap((field) => groupOf(field) ?? [])));
}

/** The peer group into which a mount sends what is mounted on it. */
export function sharedGroup(mount: MountInfo): string | undefined {
  return mount.propagation.flatMap((field) => (field.startsWith('shared:') ? (groupOf(field) ?? []) : []))[0];
}

function groupOf(field: string): string | undefined {
  return /^(?:shared|master):(\d+)$/.exec(field)?.[1];
}
