import { closeSync } from 'node:fs';
import { changeDirectory } from '../native/directory.ts';
import { SystemCallError } from '../native/libc.ts';
import { attachTree, bindMount, cloneTree, isolateTree, setPropagation } from '../native/mount.ts';
import { isLxcfs } from './mount-table.ts';
import { type Place, withPlace } from './place.ts';
import type { Visit } from './visit.ts';

/** A running lxcfs: its mount point, and the device number by which its mounts are known in every namespace (`0:52`). */
export interface LiveLxcfs {
  readonly directory: string;
  readonly device: string;
}

/** Something of the lxcfs tree that is ready to be put over a place, in whatever mount namespace the thread is by then. */
export interface Overlay {
  /** Path below the lxcfs directory, `/proc/meminfo`. */
  readonly path: string;
  /** Puts it there, to be done once. */
  attach(visit: Visit, place: Place): void;
  close(): void;
}

/**
 * Copies those of `paths` that the running lxcfs has, while its directory is in sight. On kernels before 5.2, which
 * cannot carry a mount into another namespace, the overlay is bound from the lxcfs directory that the container sees.
 */
export function prepareOverlays(lxcfs: LiveLxcfs, paths: readonly string[]): Overlay[] {
  return paths.flatMap((path) => {
    try {
      return carriedOverlay(path, cloneTree(lxcfs.directory + path));
    } catch (error) {
      const code = error instanceof SystemCallError ? error.code : '';
      if (code === 'ENOENT') return [];
      if (code === 'ENOSYS') return boundOverlay(lxcfs, path);
      throw error;
    }
  });
}

function carriedOverlay(path: string, treeFd: number): Overlay {
  const isIsolated = isolate(treeFd);
  return {
    path,
    attach: (_visit, { fd, parentFd, name }) => {
      attachTree(treeFd, fd);
      if (!isIsolated) makePrivate(parentFd, name);
    },
    close: () => closeSync(treeFd),
  };
}

function isolate(treeFd: number): boolean {
  try {
    isolateTree(treeFd);
    return true;
  } catch (error) {
    if (error instanceof SystemCallError && error.code === 'ENOSYS') return false; // Linux before 5.12
    throw error;
  }
}

function boundOverlay(lxcfs: LiveLxcfs, path: string): Overlay {
  return {
    path,
    attach: (visit, { parentFd, name }) => {
      if (!seesLxcfs(visit, lxcfs)) {
        throw new Error(
          `this kernel has no open_tree and move_mount (Linux 5.2), and the container does not see ${lxcfs.directory}: ` +
            'start it with that directory bound into it',
        );
      }
      changeDirectory(parentFd);
      bindMount(lxcfs.directory + path, name);
      makePrivate(parentFd, name);
    },
    close: () => undefined,
  };
}

function seesLxcfs({ rootFd, table }: Visit, { directory, device }: LiveLxcfs): boolean {
  const mount = withPlace(rootFd, directory, ({ fd }) => table.mountOf(fd));
  return mount !== undefined && isLxcfs(mount) && mount.device === device;
}

function makePrivate(parentFd: number, name: string): void {
  changeDirectory(parentFd);
  setPropagation(name, 'private');
}
