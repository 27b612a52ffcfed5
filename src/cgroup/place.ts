import type { Hierarchy } from './layout.ts';

/** Where one process's cgroup is found in one hierarchy. */
export interface Place {
  readonly version: 1 | 2;
  /** Directories of the cgroup itself, its parent and so on; the last one is the root of the mount. */
  readonly directories: readonly [string, ...string[]];
  /** True where the cgroup is the root of its hierarchy, which has no limits. */
  readonly isRoot: boolean;
}

/**
 * Finds the directories of the cgroup `path` (as in /proc/PID/cgroup) among the mounts of its hierarchy; undefined where
 * no mount shows it. A path that starts with `/..` lies outside the daemon's cgroup namespace and is found only below a
 * mount whose root does so too.
 */
export function placeOf(hierarchy: Hierarchy, path: string): Place | undefined {
  for (const { root, mountPoint } of hierarchy.mounts) {
    const below = pathBelow(root, path);
    if (below === undefined || below.some((name) => name === '..')) continue;
    const directories: [string, ...string[]] = [mountPoint];
    for (const name of below) directories.unshift(`${directories[0]}/${name}`);
    return { version: hierarchy.version, directories, isRoot: below.length === 0 && root === '/' };
  }
  return undefined;
}

/** The names that lead from `root` down to `path`; undefined where `path` is not below it. */
function pathBelow(root: string, path: string): string[] | undefined {
  const names = path.split('/').filter((name) => name !== '');
  const rootNames = root.split('/').filter((name) => name !== '');
  return rootNames.every((name, index) => names[index] === name) ? names.slice(rootNames.length) : undefined;
}
