import { dirname } from 'node:path';
import { bindMount, detachMount, setPropagation } from '../native/mount.ts';
import type { MountInfo } from '../procfs/mountinfo.ts';
import { lxcfsMounts, realDirectory } from './find-lxcfs.ts';
import { makeDirectories } from './make-directories.ts';
import { ownMounts, sharedGroup } from './mount-table.ts';
import { probe } from './probe.ts';

/** What was done before the start of lxcfs, as sentences for the log. */
export interface PrestartReport {
  readonly directory: string;
  readonly actions: readonly string[];
}

/**
 * Prepares `directory` for an lxcfs that is about to be mounted there: dead mounts are cleared, and its parent becomes a
 * shared mount, so that containers which have the parent as a slave receive the new mount. A living lxcfs is left alone.
 */
export async function prestart(directory: string, limitMillis: number): Promise<PrestartReport> {
  const path = realDirectory(directory);
  const actions = await clearDead(path, limitMillis);
  if (lxcfsMounts(ownMounts(), path).length > 0) return { directory: path, actions };
  makeDirectories(path);
  actions.push(...shareParent(dirname(path)));
  return { directory: path, actions };
}

/** Several may have piled up, one for each crash. */
async function clearDead(directory: string, limitMillis: number): Promise<string[]> {
  const actions: string[] = [];
  while (lxcfsMounts(ownMounts(), directory).length > 0) {
    const health = await probe(directory, limitMillis);
    if (health.state !== 'dead') {
      actions.push(`left the lxcfs at ${directory} in place: it is ${health.state}`);
      break;
    }
    detachMount(directory);
    actions.push(`took a dead lxcfs off ${directory}`);
  }
  return actions;
}

/** Binds the directory over itself where it is not shared yet; what is mounted below stays in sight. */
function shareParent(parent: string): string[] {
  const mounts = ownMounts();
  const holder = mountThatHolds(mounts, parent);
  if (holder !== undefined && sharedGroup(holder) !== undefined) return [];
  if (holder?.mountPoint !== parent) bindMount(parent, parent, hasMountsBelow(mounts, parent));
  setPropagation(parent, 'shared');
  return [`made ${parent} a shared mount`];
}

/** The topmost mount of the longest mount point that leads to `path`. */
function mountThatHolds(mounts: readonly MountInfo[], path: string): MountInfo | undefined {
  const holders = mounts.filter(({ mountPoint }) => path === mountPoint || isBelow(path, mountPoint));
  const longest = Math.max(...holders.map(({ mountPoint }) => mountPoint.length));
  return holders.findLast(({ mountPoint }) => mountPoint.length === longest);
}

function hasMountsBelow(mounts: readonly MountInfo[], path: string): boolean {
  return mounts.some(({ mountPoint }) => isBelow(mountPoint, path));
}

function isBelow(path: string, directory: string): boolean {
  return path.startsWith(directory === '/' ? '/' : `${directory}/`);
}
