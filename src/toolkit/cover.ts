import { SystemCallError } from '../native/libc.ts';
import type { MountInfo } from '../procfs/mountinfo.ts';
import { isLxcfs } from './mount-table.ts';
import type { LiveLxcfs, Overlay } from './overlay.ts';
import { withPlace } from './place.ts';
import { keepFromHost } from './propagation.ts';
import type { Visit } from './visit.ts';

/**
 * What became of one file: put there; there already; the container has no such file; or something that is neither the
 * kernel's own file nor an lxcfs is mounted there on purpose, and was left alone.
 */
export type CoverOutcome = 'placed' | 'present' | 'absent' | 'foreign';

/** Puts an overlay over the same path below `containerRootFd`, which before its pivot_root is not the visit's root yet. */
export function cover(
  visit: Visit,
  containerRootFd: number,
  lxcfs: LiveLxcfs,
  overlay: Overlay,
): CoverOutcome {
  const outcome = withPlace(containerRootFd, overlay.path, (place): CoverOutcome => {
    const mount = visit.table.mountOf(place.fd);
    if (isLxcfs(mount) && mount.device === lxcfs.device) return 'present';
    if (!isLxcfs(mount) && mount.fsType !== kernelFileSystem(overlay.path)) return 'foreign';
    keepFromHost(visit, mount);
    overlay.attach(visit, place);
    return 'placed';
  });
  return outcome ?? 'absent';
}

/** The file system that a path must be in, lest a container's own idea of `/proc` be covered. */
function kernelFileSystem(path: string): string {
  return path.startsWith('/sys/') ? 'sysfs' : 'proc';
}

/** Puts an overlay where a mount of the same part of another lxcfs has just been taken off. */
export function restore(visit: Visit, former: MountInfo, overlay: Overlay): void {
  withPlace(visit.rootFd, former.mountPoint, (place) => {
    keepFromHost(visit, visit.table.mountOf(place.fd));
    try {
      overlay.attach(visit, place);
    } catch (error) {
      // A file where a directory was, or nothing any more: the container changed meanwhile.
      if (!(error instanceof SystemCallError && CHANGED.has(error.code))) throw error;
    }
  });
}

const CHANGED = new Set(['ENOTDIR', 'ENOENT']);
