import type { Hierarchy } from './layout.ts';

/** Where one process's cgroup is found in one hierarchy. */
export interface Place {
  readonly version: 1 | 2;
  /** Directories of the cgroup itself, its parent and so on; the last one is the root of the mount. */
  readonly directories: readonly [string, ...string[]];
  /** Those of `directories` that can have limits: all but the root of the hierarchy. */
  readonly limitable: readonly string[];
  /** True where the cgroup is the root of its hierarchy, which has no limits. */
  readonly isRoot: boolean;
}

/**
 * Finds the directories of the cgroup `path` (as in /proc/PID/cgroup) among the mounts of its hierarchy, in the mount that
 * shows the most of its ancestors; undefined where no mount shows it. A path that starts with `/..` lies outside the
 * daemon's cgroup namespace and is found only below a mount whose root does so too.
 */
export function placeOf(hierarchy: Hierarchy, path: string): Place | undefined {
  let best: Place | undefined;
  for (const mount of hierarchy.mounts) {
    const below = namesBelow(mount.root, path);
    if (below === undefined || below.includes('..')) continue;
    if (best !== undefined && below.length < best.directories.length) continue;
    const directories: [string, ...string[]] = [mount.mountPoint];
    // Thousands of them are kept: join() makes a string of one piece, where a template would keep all that it is made of.
    for (const name of below) directories.unshift([directories[0], name].join('/'));
    const limitable = mount.showsHierarchyRoot ? directories.slice(0, -1) : directories;
    best = { version: hierarchy.version, directories, limitable, isRoot: limitable.length === 0 };
  }
  return best;
}

/** The names that lead from `root` down to `path`; undefined where `path` is not below it. */
function namesBelow(root: string, path: string): string[] | undefined {
  const names = namesOf(path);
  const rootNames = namesOf(root);
  return rootNames.every((name, index) => names[index] === name) ? names.slice(rootNames.length) : undefined;
}

function namesOf(path: string): string[] {
  return path.split('/').filter((name) => name !== '');
}
