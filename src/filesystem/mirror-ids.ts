import { appendFileSync, openSync, readSync } from 'node:fs';
import { RequestError } from '../fuse/errno.ts';
import { FIRST_MIRROR_ID } from './nodes.ts';

/**
 * Node ids of mirrored paths. An id is a hash of the path, so it is the same in every thread and every server; the way
 * back is a journal, a file in which each path that ever got an id stands on a line of its own. All threads and all later
 * servers of the mount append to it and read it, so that an id which the kernel remembers is never unknown.
 * It grows with the number of files below /sys/devices/system/cpu that were looked at, and no further.
 */
export class MirrorIds {
  readonly #journal: string;
  readonly #fd: number;
  readonly #paths = new Map<number, string>();
  #readBytes = 0;
  #unfinished = '';

  /** `journal` is the file's path; it is made when missing. */
  constructor(journal: string) {
    this.#journal = journal;
    this.#fd = openSync(journal, 'a+', 0o600);
  }

  /** The id of a path below the mount, which must exist: only those may fill the journal. */
  idOf(path: string): number {
    const id = hash(path);
    const known = this.pathOf(id);
    if (known === undefined) {
      appendFileSync(this.#journal, `${path}\n`, 'latin1');
      this.#paths.set(id, path);
    } else if (known !== path) {
      throw new RequestError('EIO', `node id of ${path} is that of ${known}`); // 52 bits: not in practice
    }
    return id;
  }

  /** The path of an id; undefined where no server of this mount has given it out. */
  pathOf(id: number): string | undefined {
    const known = this.#paths.get(id);
    if (known !== undefined) return known;
    this.#readOn();
    return this.#paths.get(id);
  }

  #readOn(): void {
    const chunk = Buffer.allocUnsafe(16 * 1024);
    for (;;) {
      const count = readSync(this.#fd, chunk, 0, chunk.length, this.#readBytes);
      if (count === 0) return;
      this.#readBytes += count;
      const lines = (this.#unfinished + chunk.toString('latin1', 0, count)).split('\n');
      this.#unfinished = lines.pop() ?? '';
      for (const path of lines) this.#paths.set(hash(path), path);
    }
  }
}

/** A whole number from {@link FIRST_MIRROR_ID} to 2^53 - 1: 32 bits of FNV-1a, and 20 of another run of it above them. */
function hash(path: string): number {
  const high = fnv1a(path, 0x9e3779b9) & 0xfffff;
  return (high + 1) * FIRST_MIRROR_ID + fnv1a(path, 0x811c9dc5);
}

function fnv1a(text: string, basis: number): number {
  let value = basis;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}
