import { type DescriptorPool, KernelFile } from '../procfs/kernel-file.ts';
import type { Place } from './place.ts';

/** A cgroup in one hierarchy, and what has been read of its files so far, each of them kept open. */
export class Group {
  readonly directory: string;
  /** Undefined at the root of the mount. */
  readonly parent: Group | undefined;
  /** False at the root of the hierarchy, which has no limits. */
  readonly isLimitable: boolean;
  /** Containers and groups right below that use this one. */
  users = 0;
  readonly #pool: DescriptorPool;
  /** A handful; of many groups none. */
  #files: readonly KernelFile[] = NO_FILES;

  constructor(directory: string, parent: Group | undefined, isLimitable: boolean, pool: DescriptorPool) {
    this.directory = directory;
    this.parent = parent;
    this.isLimitable = isLimitable;
    this.#pool = pool;
  }

  /** The next level of limits: the parent, where that can have any. */
  get above(): Group | undefined {
    return this.parent?.isLimitable === true ? this.parent : undefined;
  }

  /** The kept file of this name. */
  file(name: string): KernelFile {
    for (const file of this.#files) if (file.name === name) return file;
    const file = new KernelFile(this.directory, name, this.#pool);
    this.#files = this.#files.concat(file); // takes no more room than it needs
    return file;
  }

  close(): void {
    for (const file of this.#files) file.close();
    this.#files = NO_FILES;
  }
}

const NO_FILES: readonly KernelFile[] = [];

/** The groups of all containers. A container has its own for itself, and shares those above with its neighbours. */
export class Groups {
  readonly #pool: DescriptorPool;
  readonly #shared = new Map<string, Group>();

  constructor(pool: DescriptorPool) {
    this.#pool = pool;
  }

  open({ directories: [own, ...above], limitable }: Place): Group {
    let parent: Group | undefined;
    for (const [index, directory] of [...above.entries()].toReversed()) {
      parent = this.#share(directory, parent, index + 1 < limitable.length);
    }
    return this.#make(own, parent, limitable.length > 0);
  }

  close(group: Group): void {
    group.close();
    for (let above = group.parent; above !== undefined && --above.users === 0; above = above.parent) {
      above.close();
      this.#shared.delete(above.directory);
    }
  }

  #share(directory: string, parent: Group | undefined, isLimitable: boolean): Group {
    const known = this.#shared.get(directory);
    if (known !== undefined) return known;
    const group = this.#make(directory, parent, isLimitable);
    this.#shared.set(directory, group);
    return group;
  }

  #make(directory: string, parent: Group | undefined, isLimitable: boolean): Group {
    if (parent !== undefined) parent.users++;
    return new Group(directory, parent, isLimitable, this.#pool);
  }
}
