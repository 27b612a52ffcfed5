import type { MountInfo } from '../procfs/mountinfo.ts';
import { cover, restore } from './cover.ts';
import { detachLxcfs } from './detach.ts';
import type { NamespaceMember } from './find-containers.ts';
import { type Home, insideNamespace } from './home.ts';
import { LXCFS_FILES } from './lxcfs-files.ts';
import { lxcfsMountsOf, MountTable, ownMounts, peerGroups } from './mount-table.ts';
import { type LiveLxcfs, type Overlay, prepareOverlays } from './overlay.ts';
import type { Visit } from './visit.ts';

/** What was done in one mount namespace, in numbers of mounts. */
export interface NamespaceReport {
  readonly placed: number;
  readonly removed: number;
  /** Mounts of an lxcfs that could not be taken off. */
  readonly left: number;
  /** Mounts of the running lxcfs that were there already. */
  readonly present: number;
}

/**
 * Puts the files of a running lxcfs over those of a container: first takes off every mount of another, older or dead
 * lxcfs and puts the running one in its place, then covers what is not covered yet. Undefined where its process ended.
 */
export function remountNamespace(
  home: Home,
  member: NamespaceMember,
  lxcfs: LiveLxcfs,
): NamespaceReport | undefined {
  const isStale = (mount: MountInfo): boolean => mount.device !== lxcfs.device;
  const staleRoots = (lxcfsMountsOf(member.pid) ?? []).filter(isStale).map(({ root }) => root);
  const others = staleRoots
    .filter((root) => !LXCFS_FILES.includes(root))
    .map((root) => (root === '/' ? '' : root));
  const hostGroups = peerGroups(ownMounts()); // before another namespace is entered
  const files = prepareOverlays(lxcfs, LXCFS_FILES);
  const replacements = prepareOverlays(lxcfs, others);
  try {
    return insideNamespace(home, member, (rootFd) => {
      const visit = { rootFd, table: new MountTable(home.procFd), hostGroups };
      const { detached, left } = detachLxcfs(visit, isStale);
      const restored = restoreEach(visit, detached, replacements);
      const outcomes = files.map((overlay) => cover(visit, rootFd, lxcfs, overlay));
      return {
        placed: restored + outcomes.filter((outcome) => outcome === 'placed').length,
        removed: detached.length,
        left: left.length,
        present: outcomes.filter((outcome) => outcome === 'present').length,
      };
    });
  } finally {
    for (const overlay of [...files, ...replacements]) overlay.close();
  }
}

/** Takes every lxcfs mount out of a container; needs no running lxcfs. Undefined where its process ended. */
export function umountNamespace(home: Home, member: NamespaceMember): NamespaceReport | undefined {
  const hostGroups = peerGroups(ownMounts()); // before another namespace is entered
  return insideNamespace(home, member, (rootFd) => {
    const visit = { rootFd, table: new MountTable(home.procFd), hostGroups };
    const { detached, left } = detachLxcfs(visit, () => true);
    return { placed: 0, removed: detached.length, left: left.length, present: 0 };
  });
}

/** Each mount point gets one new mount, however many had piled up there. */
function restoreEach(visit: Visit, detached: readonly MountInfo[], replacements: Overlay[]): number {
  const done = new Set<string>();
  for (const mount of detached.toReversed()) {
    const path = mount.root === '/' ? '' : mount.root;
    const index = replacements.findIndex((overlay) => overlay.path === path);
    const [overlay] = done.has(mount.mountPoint) || index === -1 ? [] : replacements.slice(index, index + 1);
    if (overlay === undefined) continue;
    done.add(mount.mountPoint);
    replacements.splice(index, 1);
    restore(visit, mount, overlay);
    overlay.close();
  }
  return done.size;
}
