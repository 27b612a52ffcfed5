import { closeSync, realpathSync } from 'node:fs';
import { openDirectoryPlace } from '../native/directory.ts';
import { cover, type CoverOutcome } from './cover.ts';
import { findLiveLxcfs } from './find-lxcfs.ts';
import { type Home, insideNamespace, openHome } from './home.ts';
import type { HookState } from './hook-state.ts';
import { LXCFS_FILES } from './lxcfs-files.ts';
import { MountTable, ownMounts, peerGroups } from './mount-table.ts';
import { type LiveLxcfs, type Overlay, prepareOverlays } from './overlay.ts';
import { readMountNamespace, readProcess } from './process-record.ts';
import { quickProbe } from './quick-probe.ts';
import type { Visit } from './visit.ts';

/** Time that lxcfs has to answer before the container is started without it. */
const PROBE_LIMIT_MILLIS = 2000;

/**
 * Puts the files of the running lxcfs over those of a container that is being made, before its pivot_root, and returns
 * the paths put there. At the stages prestart and createRuntime the hook runs in the runtime's mount namespace and enters
 * the container's by its init; at createContainer, and as a mount hook of LXC, it is in the container's already.
 */
export async function runHook(
  state: HookState,
  lxcfsDirectory: string | undefined,
): Promise<readonly string[]> {
  const rootfs = realpathSync(state.rootfs);
  if (rootfs === '/') throw new Error('expected the root directory of a container, found that of this host');
  const lxcfs = await findLiveLxcfs(lxcfsDirectory, PROBE_LIMIT_MILLIS, quickProbe);
  const home = openHome();
  const overlays = prepareOverlays(lxcfs, LXCFS_FILES);
  const table = new MountTable(home.procFd);
  if (hasProc(rootfs)) {
    if (home.namespace === readMountNamespace('/proc', '1')) {
      throw new Error(
        `expected to be in a container's mount namespace, where ${rootfs} is, found the host's`,
      );
    }
    return coverAll({ rootFd: home.rootFd, table, hostGroups: new Set() }, rootfs, lxcfs, overlays);
  }
  const hostGroups = peerGroups(ownMounts());
  return insideContainer(home, state, (rootFd) =>
    coverAll({ rootFd, table, hostGroups }, rootfs, lxcfs, overlays),
  );
}

/** Whether the runtime has mounted the container's /proc in this mount namespace. */
function hasProc(rootfs: string): boolean {
  return ownMounts().some(({ mountPoint, fsType }) => mountPoint === `${rootfs}/proc` && fsType === 'proc');
}

function insideContainer<T>(home: Home, { pid }: HookState, use: (rootFd: number) => T): T {
  const member = pid > 0 ? readProcess('/proc', pid) : undefined;
  const result = member && insideNamespace(home, member, use);
  if (result === undefined) {
    throw new Error(
      `expected a container's /proc in this mount namespace, or that of its init (pid ${pid}), found neither`,
    );
  }
  return result;
}

function coverAll(visit: Visit, rootfs: string, lxcfs: LiveLxcfs, overlays: readonly Overlay[]): string[] {
  const containerRootFd = openDirectoryPlace(rootfs);
  try {
    return overlays
      .filter((overlay) => isCovered(cover(visit, containerRootFd, lxcfs, overlay)))
      .map(({ path }) => path);
  } finally {
    closeSync(containerRootFd);
  }
}

function isCovered(outcome: CoverOutcome): boolean {
  return outcome === 'placed' || outcome === 'present';
}
