/** What struct fuse_attr says of a node; every node belongs to uid and gid 0. */
export interface Attributes {
  readonly nodeId: number;
  /** Type and permissions, as in stat(2). */
  readonly mode: number;
  readonly sizeBytes: number;
  readonly linkCount: number;
}

/** How long the kernel may remember a name and attributes, in whole seconds. */
export interface Validity {
  readonly entrySeconds: number;
  readonly attributeSeconds: number;
}
