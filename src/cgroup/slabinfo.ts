/** A container's kernel memory by slab cache. */
export interface Slabinfo {
  /** In the form of /proc/slabinfo, with its header; undefined where the kernel does not tell. */
  read(): string | undefined;
}
