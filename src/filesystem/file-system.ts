import { Errno, RequestError } from '../fuse/errno.ts';
import type { Attributes, Validity } from '../fuse/attributes.ts';
import type { DirectoryEntry } from '../fuse/dirent.ts';
import { cpuNumber } from './cpu-names.ts';
import type { Contents } from './contents.ts';
import type { Mirror } from './mirror.ts';
import { DIRECTORY_MODE, FILE_MODE, FileType } from './mode.ts';
import { CPU_DIRECTORY } from './nodes.ts';
import type { OpenFiles } from './open-files.ts';
import { isMirrored, type Node, type Tree } from './tree.ts';

/** Who asks: thread id in the daemon's pid namespace (0: not in it), and user id in the host's user namespace. */
export interface Asker {
  readonly pid: number;
  readonly uid: number;
}

/** A name and what it stands for. */
export interface Found {
  readonly attributes: Attributes;
  readonly validity: Validity;
}

const LONG: Validity = { entrySeconds: 3600, attributeSeconds: 1 };
/** For names and attributes that depend on who looks: the kernel's caches belong to all readers. */
const NEVER: Validity = { entrySeconds: 0, attributeSeconds: 0 };
const W_OK = 2;
const X_OK = 1;
const R_OK = 4;
/** Listings of the CPU directory: cpuN comes at this position plus N, behind all other names. */
const FIRST_CPU_POSITION = 2 ** 20;

/** The file system as each request sees it: names, attributes, listings, and open files. Failures are RequestErrors. */
export class FileSystem {
  readonly #tree: Tree;
  readonly #mirror: Mirror;
  readonly #contents: Contents;
  readonly #openFiles: OpenFiles;

  constructor(parts: { tree: Tree; mirror: Mirror; contents: Contents; openFiles: OpenFiles }) {
    this.#tree = parts.tree;
    this.#mirror = parts.mirror;
    this.#contents = parts.contents;
    this.#openFiles = parts.openFiles;
  }

  lookup(parentId: number, name: string, asker: Asker): Found {
    const parent = this.#node(parentId);
    const path = parent.path === '' ? name : `${parent.path}/${name}`;
    const fixed = this.#tree.fixedAt(path);
    if (fixed !== undefined) return this.#found(fixed, asker);
    if (!isMirrored(path) || name === '.' || name === '..') throw new RequestError('ENOENT', path);
    const mode = this.#mirror.modeOf(path, this.#contents.visibleCpus(asker.pid));
    if (mode === undefined) throw new RequestError('ENOENT', path);
    return mirrorFound(this.#tree.mirrorAt(path), mode);
  }

  attributes(nodeId: number, asker: Asker): Found {
    return this.#found(this.#node(nodeId), asker);
  }

  /**
   * SETATTR of the size, which never changes anything. Accepted are those of sysfs files, as on the host, and what a file's
   * opening with O_TRUNC begins with, which looks the same as truncate(2) to nothing.
   */
  truncate(nodeId: number, mayBeOpening: boolean, asker: Asker): Found {
    const node = this.#node(nodeId);
    if (!mayBeOpening && !isMirrored(node.path)) throw new RequestError('EPERM', `truncate ${node.path}`);
    return this.#found(node, asker);
  }

  /** ACCESS with a mask of R_OK, W_OK, X_OK. */
  access(nodeId: number, mask: number, asker: Asker): void {
    const node = this.#node(nodeId);
    const mode = this.#modeOf(node, asker);
    const directory = (mode & FileType.MASK) === FileType.DIRECTORY;
    const denied =
      (mask & W_OK) !== 0 ||
      ((mask & X_OK) !== 0 && !directory) ||
      ((mask & R_OK) !== 0 && !mayRead(mode, asker));
    if (denied) throw new RequestError('EACCES', `access ${node.path}`);
  }

  readLink(nodeId: number, asker: Asker): string {
    const node = this.#node(nodeId);
    if (node.kind !== 'mirror') throw new RequestError('EINVAL', `${node.path} is no link`);
    return this.#mirror.readLink(node.path, this.#contents.visibleCpus(asker.pid));
  }

  /** Opens a file, for writing too: it is the write that is refused. Returns the handle. */
  open(nodeId: number, asker: Asker): number {
    const node = this.#node(nodeId);
    if (node.kind === 'directory') throw new RequestError('EISDIR', node.path);
    if (node.kind === 'mirror' && !mayRead(this.#modeOf(node, asker), asker)) {
      throw new RequestError('EACCES', node.path);
    }
    return this.#openFiles.open();
  }

  /** Puts bytes of the file into `reply`, where a payload goes, and returns their number. */
  read(nodeId: number, handle: number, offset: number, size: number, asker: Asker, reply: Buffer): number {
    if (offset > 0) {
      const count = this.#openFiles.load(handle, offset, size, reply);
      if (count !== undefined) return count;
    }
    const node = this.#node(nodeId);
    if (node.kind === 'directory') throw new RequestError('EISDIR', node.path);
    return this.#openFiles.store(handle, this.#contents.textOf(node, asker.pid), offset, size, reply);
  }

  release(handle: number): void {
    this.#openFiles.release(handle);
  }

  /** Keeps what an open file shows now; the returned function makes it show that again. */
  keepText(handle: number): () => void {
    return this.#openFiles.keepText(handle);
  }

  /** WRITE always fails: returns the errno. */
  writeErrno(nodeId: number): number {
    return this.#node(nodeId).kind === 'mirror' ? Errno.EACCES : Errno.EINVAL;
  }

  /** Checks that a directory can be listed. */
  openDirectory(nodeId: number, asker: Asker): void {
    const node = this.#node(nodeId);
    if ((this.#modeOf(node, asker) & FileType.MASK) !== FileType.DIRECTORY) {
      throw new RequestError('ENOTDIR', node.path);
    }
  }

  /** The entries of a directory in the order of their positions. */
  list(nodeId: number, asker: Asker): DirectoryEntry[] {
    const { path } = this.#node(nodeId);
    const entries: DirectoryEntry[] = [
      { name: '.', nodeId, mode: DIRECTORY_MODE, position: 1 },
      { name: '..', nodeId, mode: DIRECTORY_MODE, position: 2 },
    ];
    const add = (name: string, id: number, mode: number, position = entries.length + 1): void => {
      entries.push({ name, nodeId: id, mode, position });
    };
    const fixed = this.#tree.fixedChildren(path);
    for (const node of fixed) add(nameOf(node), node.id, fixedMode(node));
    if (path !== CPU_DIRECTORY && !isMirrored(path)) return entries;
    const cpus = this.#contents.visibleCpus(asker.pid);
    const fixedNames = new Set(fixed.map(nameOf));
    for (const { name, mode } of this.#mirror.list(path, cpus)) {
      if (!fixedNames.has(name)) add(name, this.#tree.mirrorAt(`${path}/${name}`).id, mode);
    }
    if (path !== CPU_DIRECTORY) return entries;
    for (const cpu of [...cpus.keys()].sort((a, b) => a - b)) {
      const name = `cpu${cpu}`;
      add(name, this.#tree.mirrorAt(`${path}/${name}`).id, DIRECTORY_MODE, FIRST_CPU_POSITION + cpu);
    }
    return entries;
  }

  #node(id: number): Node {
    const node = this.#tree.node(id);
    // The kernel answers ESTALE by looking the path up again.
    if (node === undefined) throw new RequestError('ESTALE', `node ${id}`);
    return node;
  }

  #modeOf(node: Node, asker: Asker): number {
    if (node.kind !== 'mirror') return fixedMode(node);
    const mode = this.#mirror.modeOf(node.path, this.#contents.visibleCpus(asker.pid));
    if (mode === undefined) throw new RequestError('ENOENT', node.path);
    return mode;
  }

  #found(node: Node, asker: Asker): Found {
    const mode = this.#modeOf(node, asker);
    if (node.kind === 'mirror') return mirrorFound(node, mode);
    const linkCount = node.kind === 'directory' ? 2 : 1;
    const sizeBytes = node.kind === 'directory' ? 0 : PAGE_BYTES;
    return { attributes: { nodeId: node.id, mode, sizeBytes, linkCount }, validity: LONG };
  }
}

function mirrorFound(node: Node, mode: number): Found {
  const type = mode & FileType.MASK;
  const attributes = {
    nodeId: node.id,
    mode,
    sizeBytes: type === FileType.REGULAR ? PAGE_BYTES : 0,
    linkCount: type === FileType.DIRECTORY ? 2 : 1,
  };
  return { attributes, validity: isBelowCpu(node.path) ? NEVER : LONG };
}

/**
 * sysfs gives every attribute file the size of a page, and so do files here, whatever they hold: with size 0 sendfile would
 * find an end at once, and with this one it goes back to read (busybox cat does so).
 */
const PAGE_BYTES = 4096;

/** Whether a mirrored path is a cpuN directory or below one, and so depends on the reader. */
function isBelowCpu(path: string): boolean {
  const [name = ''] = path.slice(CPU_DIRECTORY.length + 1).split('/', 1);
  return cpuNumber(name) !== undefined;
}

/** A file that not everyone may read on the host is for the host's root alone: the server reads it with root's rights. */
function mayRead(mode: number, asker: Asker): boolean {
  return asker.uid === 0 || (mode & 0o004) !== 0;
}

function fixedMode(node: Node): number {
  return node.kind === 'directory' ? DIRECTORY_MODE : FILE_MODE;
}

function nameOf(node: Node): string {
  return node.path.slice(node.path.lastIndexOf('/') + 1);
}
