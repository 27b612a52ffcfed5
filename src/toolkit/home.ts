import { closeSync, constants, openSync, readFileSync, readlinkSync } from 'node:fs';
import { changeRoot, openDirectoryPlace } from '../native/directory.ts';
import { enterMountNamespace, unshareFileSystemContext } from '../native/namespace.ts';
import { isGone } from '../procfs/kernel-file.ts';
import type { NamespaceMember } from './find-containers.ts';
import { startTicksOf } from './process-record.ts';

/** Where a thread that visits containers comes from: the descriptors that bring it back. */
export interface Home {
  readonly procFd: number;
  readonly rootFd: number;
  readonly namespaceFd: number;
  /** `mnt:[4026531841]` */
  readonly namespace: string;
}

/** Prepares the calling thread for visits to other mount namespaces. Needs CAP_SYS_ADMIN and CAP_SYS_CHROOT. */
export function openHome(): Home {
  unshareFileSystemContext();
  return {
    procFd: openDirectoryPlace('/proc'),
    rootFd: openDirectoryPlace('/'),
    namespaceFd: openSync('/proc/thread-self/ns/mnt', 'r'),
    namespace: readlinkSync('/proc/thread-self/ns/mnt'),
  };
}

/**
 * Calls `use` with the root directory of the mount namespace of `member`, in which this thread is meanwhile. Nothing may
 * be loaded or executed there: files and programs are the container's. Undefined where the process has ended; its number
 * may by then belong to another one, which is told by its start time.
 */
export function insideNamespace<T>(
  home: Home,
  member: NamespaceMember,
  use: (rootFd: number) => T,
): T | undefined {
  const namespaceFd = openNamespace(home, member);
  if (namespaceFd === undefined) return undefined;
  try {
    enterMountNamespace(namespaceFd);
    try {
      const rootFd = openDirectoryPlace('/');
      try {
        return use(rootFd);
      } finally {
        closeSync(rootFd);
      }
    } finally {
      goHome(home);
    }
  } finally {
    closeSync(namespaceFd);
  }
}

/** A thread that cannot get back must do nothing more: its next job would be done in the wrong namespace. */
function goHome(home: Home): void {
  try {
    enterMountNamespace(home.namespaceFd);
    changeRoot(home.rootFd);
  } catch {
    process.exit(1);
  }
}

/** Opens the namespace through the process's directory, which stays bound to that process whatever its number becomes. */
function openNamespace(home: Home, member: NamespaceMember): number | undefined {
  let directory;
  try {
    directory = openSync(`/proc/${member.pid}`, constants.O_RDONLY | constants.O_DIRECTORY);
    const base = `/proc/self/fd/${directory}`;
    if (startTicksOf(readFileSync(`${base}/stat`, 'latin1')) !== member.startTicks) return undefined;
    const namespace = readlinkSync(`${base}/ns/mnt`);
    if (namespace === home.namespace || namespace !== member.mountNamespace) return undefined;
    return openSync(`${base}/ns/mnt`, 'r');
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  } finally {
    if (directory !== undefined) closeSync(directory);
  }
}
