import { readFileSync } from 'node:fs';
import { parseMountInfo } from '../procfs/mountinfo.ts';

/** A place where a cgroup hierarchy is mounted: `root` of it is seen at `mountPoint`. */
export interface HierarchyMount {
  readonly root: string;
  readonly mountPoint: string;
}

/** One cgroup hierarchy: the whole of v2, or one v1 tree with the controllers that share it. */
export interface Hierarchy {
  readonly version: 1 | 2;
  readonly controllers: readonly string[];
  readonly mounts: readonly HierarchyMount[];
}

/** What cgroup file systems this host has mounted. */
export interface CgroupLayout {
  readonly kind: 'v1' | 'hybrid' | 'v2' | 'none';
  /** v1 hierarchies by controller name (`memory`), and `name=systemd` for named ones. */
  readonly v1: ReadonlyMap<string, Hierarchy>;
  readonly v2: Hierarchy | undefined;
}

/**
 * Finds the cgroup mounts in `root`/proc/self/mountinfo; nothing is assumed about where they are, and nothing is mounted.
 * `root` is '' for this host, or the directory of a captured tree.
 */
export function detectCgroupLayout(root: string): CgroupLayout {
  return layoutFromMountInfo(readFileSync(`${root}/proc/self/mountinfo`, 'latin1'), root);
}

/** As {@link detectCgroupLayout}, from the text of mountinfo; mount points get `root` put in front. */
export function layoutFromMountInfo(text: string, root: string): CgroupLayout {
  const v1 = new Map<string, Hierarchy>();
  const v2Mounts: HierarchyMount[] = [];
  const v1Mounts = new Map<string, HierarchyMount[]>();
  for (const mount of parseMountInfo(text)) {
    const place = { root: mount.root, mountPoint: root + mount.mountPoint };
    if (mount.fsType === 'cgroup2') v2Mounts.push(place);
    if (mount.fsType !== 'cgroup') continue;
    const controllers = mount.superOptions.filter((option) => !NOT_CONTROLLERS.test(option));
    const key = controllers.join(',');
    const mounts = v1Mounts.get(key) ?? [];
    mounts.push(place);
    v1Mounts.set(key, mounts);
    for (const controller of controllers) v1.set(controller, { version: 1, controllers, mounts });
  }
  const v2: Hierarchy | undefined =
    v2Mounts.length === 0
      ? undefined
      : { version: 2, controllers: v2Controllers(v2Mounts), mounts: v2Mounts };
  return { kind: kindOf(v1.size > 0, v2 !== undefined), v1, v2 };
}

/** Mount options among a v1 superblock's options, which otherwise are its controllers. */
const NOT_CONTROLLERS =
  /^(rw|ro|xattr|noprefix|clone_children|cpuset_v2_mode|favordynmods|nofavordynmods|release_agent=.*|)$/;

function kindOf(hasV1: boolean, hasV2: boolean): CgroupLayout['kind'] {
  if (hasV1) return hasV2 ? 'hybrid' : 'v1';
  return hasV2 ? 'v2' : 'none';
}

/** `cpuset cpu io memory pids` in cgroup.controllers of the hierarchy's root; none on a hybrid host. */
function v2Controllers(mounts: readonly HierarchyMount[]): string[] {
  try {
    const text = readFileSync(`${mounts[0]?.mountPoint}/cgroup.controllers`, 'latin1');
    return text.split(/\s+/).filter((name) => name !== '');
  } catch {
    return []; // a tree captured without this file, or a mount that is covered by another one
  }
}
