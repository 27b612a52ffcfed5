import { type DescriptorPool, KernelFile } from './kernel-file.ts';

/** The host's own files below `root`/proc and `root`/sys, read through kept descriptors. */
export class HostFiles {
  /** '' for this host, or the directory of a captured tree. */
  readonly root: string;
  /** Where the descriptors are counted. */
  readonly pool: DescriptorPool;
  readonly #files = new Map<string, KernelFile>();

  constructor(root: string, pool: DescriptorPool) {
    this.root = root;
    this.pool = pool;
  }

  /** The kept file of an absolute path such as `/proc/meminfo`. For a fixed set of paths only: each stays open. */
  file(path: string): KernelFile {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const file = new KernelFile(this.root, path.slice(1), this.pool);
    this.#files.set(path, file);
    return file;
  }
}
