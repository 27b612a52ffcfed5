import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { MountInfo } from '../procfs/mountinfo.ts';
import { isLxcfs, ownMounts } from './mount-table.ts';
import type { LiveLxcfs } from './overlay.ts';
import { type Health, probe } from './probe.ts';

/** Where lxcfs is usually mounted; iSulad's place is the second. */
export const USUAL_DIRECTORIES: readonly string[] = ['/var/lib/lxcfs', '/var/lib/lxc/lxcfs'];

/** No lxcfs that answers; `state` says why: there is no mount, or the state of the last one that was tried. */
export class NoLiveLxcfsError extends Error {
  readonly state: 'absent' | 'dead' | 'hung' | 'wrong';

  constructor(state: NoLiveLxcfsError['state'], message: string) {
    super(message);
    this.name = 'NoLiveLxcfsError';
    this.state = state;
  }
}

/**
 * The running lxcfs mounted at `directory`, or anywhere on this host if undefined; each is asked (`ask`), for at most
 * `limitMillis`, whether it lives.
 */
export async function findLiveLxcfs(
  directory: string | undefined,
  limitMillis: number,
  ask: (directory: string, limitMillis: number) => Promise<Health> = probe,
): Promise<LiveLxcfs> {
  const candidates = lxcfsMounts(ownMounts(), directory && realDirectory(directory));
  let error = new NoLiveLxcfsError(
    'absent',
    `no lxcfs is mounted ${directory ? `at ${directory}` : 'on this host'}`,
  );
  for (const { mountPoint, device } of candidates) {
    const health = await ask(mountPoint, limitMillis);
    if (health.state === 'live') return { directory: mountPoint, device };
    error = new NoLiveLxcfsError(health.state, health.reason);
  }
  throw error;
}

/**
 * The mounts of whole lxcfs trees among `mounts`, those at the usual directories first, then the latest; only the
 * topmost at each directory counts. `directory` restricts them to one.
 */
export function lxcfsMounts(mounts: readonly MountInfo[], directory?: string): MountInfo[] {
  const topmost = new Map(mounts.map((mount) => [mount.mountPoint, mount]));
  return [...topmost.values()]
    .filter((mount) => isLxcfs(mount) && mount.root === '/')
    .filter(({ mountPoint }) => directory === undefined || mountPoint === directory)
    .sort((a, b) => rank(a) - rank(b) || b.id - a.id);
}

function rank({ mountPoint }: MountInfo): number {
  const index = USUAL_DIRECTORIES.indexOf(mountPoint);
  return index === -1 ? USUAL_DIRECTORIES.length : index;
}

/** As mountinfo writes it, without touching the directory itself, which may be a dead or hung mount. */
export function realDirectory(directory: string): string {
  const path = resolve(directory);
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch {
    return path; // does not exist: then nothing is mounted there either
  }
}
