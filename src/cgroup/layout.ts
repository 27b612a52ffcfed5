import { existsSync, readFileSync } from 'node:fs';
import { type MountInfo, parseMountInfo } from '../procfs/mountinfo.ts';

/** A place where a cgroup hierarchy is mounted: `root` of it is seen at `mountPoint`. */
export interface HierarchyMount {
  readonly root: string;
  readonly mountPoint: string;
  /** True where `root` is the root of the hierarchy itself, and not merely that of a cgroup namespace. */
  readonly showsHierarchyRoot: boolean;
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
  const v1Mounts = new Map<string, HierarchyMount[]>();
  const v2Mounts: HierarchyMount[] = [];
  for (const mount of uncovered(parseMountInfo(text))) {
    if (mount.fsType === 'cgroup2') v2Mounts.push(hierarchyMount(mount, root, isV2Root));
    if (mount.fsType !== 'cgroup') continue;
    const controllers = mount.superOptions.filter((option) => !NOT_CONTROLLERS.test(option));
    const key = controllers.join(',');
    const mounts = v1Mounts.get(key) ?? [];
    mounts.push(hierarchyMount(mount, root, isV1Root));
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
  /^(rw|ro|seclabel|xattr|noprefix|clone_children|cpuset_v2_mode|favordynmods|nofavordynmods|(release_agent|context)=.*|)$/;

/** Of several mounts at one place only the last can be seen. */
function uncovered(mounts: readonly MountInfo[]): Iterable<MountInfo> {
  return new Map(mounts.map((mount) => [mount.mountPoint, mount])).values();
}

function hierarchyMount(
  { root, mountPoint }: MountInfo,
  prefix: string,
  isHierarchyRoot: (directory: string) => boolean,
): HierarchyMount {
  const directory = prefix + mountPoint;
  return { root, mountPoint: directory, showsHierarchyRoot: root === '/' && isHierarchyRoot(directory) };
}

/** Every cgroup has cgroup.procs; release_agent is in the root of a v1 hierarchy alone. */
function isV1Root(directory: string): boolean {
  return existsSync(`${directory}/release_agent`) || !existsSync(`${directory}/cgroup.procs`);
}

/** cgroup.events is in every v2 cgroup but the root. */
function isV2Root(directory: string): boolean {
  return !existsSync(`${directory}/cgroup.events`);
}

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
