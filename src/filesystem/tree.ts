import { existsSync } from 'node:fs';
import { CPU_DIRECTORY, type FixedNode, FIXED_NODES } from './nodes.ts';
import type { MirrorIds } from './mirror-ids.ts';

/** A node of the mount: a fixed one, or a path of the mirrored sysfs directory. */
export type Node = FixedNode | { readonly id: number; readonly path: string; readonly kind: 'mirror' };

/** The names of the mount and the numbers by which the kernel knows them. */
export class Tree {
  readonly #byId = new Map<number, FixedNode>();
  readonly #byPath = new Map<string, FixedNode>();
  readonly #mirrorIds: MirrorIds;

  /** Fixed files that the host itself does not have (pressure without PSI) are left out. */
  constructor(root: string, mirrorIds: MirrorIds) {
    this.#mirrorIds = mirrorIds;
    for (const node of FIXED_NODES) {
      this.#byId.set(node.id, node);
      if (existsSync(`${root}/${node.path}`)) this.#byPath.set(node.path, node);
    }
  }

  /** Undefined for an id that was never given out. */
  node(id: number): Node | undefined {
    const fixed = this.#byId.get(id);
    if (fixed !== undefined) return fixed;
    const path = this.#mirrorIds.pathOf(id);
    return path === undefined ? undefined : { id, path, kind: 'mirror' };
  }

  fixedAt(path: string): FixedNode | undefined {
    return this.#byPath.get(path);
  }

  /** The node of a mirrored path that exists on the host. */
  mirrorAt(path: string): Node {
    return { id: this.#mirrorIds.idOf(path), path, kind: 'mirror' };
  }

  /** The fixed nodes directly below a directory. */
  fixedChildren(directory: string): FixedNode[] {
    const prefix = directory === '' ? '' : `${directory}/`;
    return [...this.#byPath.values()].filter(
      ({ path }) => path !== '' && path.startsWith(prefix) && !path.includes('/', prefix.length),
    );
  }
}

/** Whether a path is in the mirrored directory, itself not included. */
export function isMirrored(path: string): boolean {
  return path.startsWith(`${CPU_DIRECTORY}/`);
}
