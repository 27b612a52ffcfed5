import { changeDirectory } from '../native/directory.ts';
import { SystemCallError } from '../native/libc.ts';
import { detachMount } from '../native/mount.ts';
import type { MountInfo } from '../procfs/mountinfo.ts';
import { isLxcfs } from './mount-table.ts';
import { withPlace } from './place.ts';
import { keepFromHost } from './propagation.ts';
import type { Visit } from './visit.ts';

/** What became of the mounts to be taken off. */
export interface Detached {
  readonly detached: readonly MountInfo[];
  /** Those that a more privileged namespace has locked, or that something else covers. */
  readonly left: readonly MountInfo[];
}

/** Bounds the rounds: a container may go on mounting while its mounts are taken off. */
const MAX_ROUNDS = 64;

/** Takes every lxcfs mount for which `isWanted` holds off the namespace that is being visited, the latest first. */
export function detachLxcfs(visit: Visit, isWanted: (mount: MountInfo) => boolean): Detached {
  const detached: MountInfo[] = [];
  let left: MountInfo[] = [];
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const mounts = visit.table.mounts();
    const wanted = mounts.filter((mount) => isLxcfs(mount) && isWanted(mount)).toReversed();
    const taken = new Set(wanted.filter((mount) => detach(visit, mount, mounts)));
    detached.push(...taken);
    left = wanted.filter((mount) => !taken.has(mount));
    if (taken.size === 0 || left.length === 0) break;
  }
  return { detached, left };
}

function detach(visit: Visit, mount: MountInfo, mounts: readonly MountInfo[]): boolean {
  const parent = mounts.find(({ id }) => id === mount.parentId);
  const done = withPlace(visit.rootFd, mount.mountPoint, ({ fd, parentFd, name }) => {
    if (visit.table.mountOf(fd).id !== mount.id) return false;
    // A parent at the same mount point is another lxcfs file below this one: on that, nothing of the host's is mounted.
    if (parent !== undefined && parent.mountPoint !== mount.mountPoint) keepFromHost(visit, parent);
    changeDirectory(parentFd);
    return detachUnlessLocked(name);
  });
  return done === true;
}

/** EINVAL: the mount came from a more privileged namespace, whose owner's mounts stay in place. */
function detachUnlessLocked(name: string): boolean {
  try {
    detachMount(name);
    return true;
  } catch (error) {
    if (error instanceof SystemCallError && error.code === 'EINVAL') return false;
    throw error;
  }
}
