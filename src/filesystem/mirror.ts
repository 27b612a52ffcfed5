import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from 'node:fs';
import { RequestError } from '../fuse/errno.ts';
import { isGone } from '../procfs/kernel-file.ts';
import { cpuNumber, type VisibleCpus } from './cpu-names.ts';
import { FileType } from './mode.ts';
import { CPU_DIRECTORY } from './nodes.ts';

/** A host's directory, file or link below /sys/devices/system/cpu, as the mirror shows it. */
export interface MirrorEntry {
  readonly name: string;
  readonly mode: number;
}

/**
 * The host's /sys/devices/system/cpu, read-only. Paths are as the reader has them, below the mount; where the reader's CPUs
 * are numbered anew, its cpuN leads to the host's CPU that it stands for. Undefined results: no such file.
 */
export class Mirror {
  readonly #root: string;

  /** `root` is '' for this host, or the directory of a captured tree. */
  constructor(root: string) {
    this.#root = root;
  }

  /** Type and permissions, without write permission; anything but directories, files and links is not shown. */
  modeOf(path: string, cpus: VisibleCpus): number | undefined {
    const hostPath = this.#hostPath(path, cpus);
    if (hostPath === undefined) return undefined;
    const stats = lstatSync(hostPath, { throwIfNoEntry: false });
    return stats === undefined ? undefined : shownMode(stats);
  }

  /** Names of a directory other than the cpuN of the CPU directory itself, in a fixed order. */
  list(path: string, cpus: VisibleCpus): MirrorEntry[] {
    const hostPath = this.#hostPath(path, cpus);
    const names = hostPath === undefined ? [] : namesIn(hostPath);
    return names
      .filter((name) => path !== CPU_DIRECTORY || cpuNumber(name) === undefined)
      .flatMap((name) => {
        const mode = this.modeOf(`${path}/${name}`, cpus);
        return mode === undefined ? [] : { name, mode };
      });
  }

  /** Text of a file. */
  read(path: string, cpus: VisibleCpus): string {
    const hostPath = this.#hostPath(path, cpus);
    if (hostPath === undefined) throw new RequestError('ENOENT', path);
    try {
      return readFileSync(hostPath, 'latin1');
    } catch (error) {
      // A file that only takes writes, or a driver's own error: the reader gets none of the content either.
      throw new RequestError(isGone(error) ? 'ENOENT' : 'EIO', `${hostPath}: ${String(error)}`);
    }
  }

  readLink(path: string, cpus: VisibleCpus): string {
    const hostPath = this.#hostPath(path, cpus);
    if (hostPath === undefined) throw new RequestError('ENOENT', path);
    return readlinkSync(hostPath, 'latin1');
  }

  #hostPath(path: string, cpus: VisibleCpus): string | undefined {
    const below = path.slice(CPU_DIRECTORY.length + 1);
    const nameEnd = below.indexOf('/');
    const shown = cpuNumber(nameEnd === -1 ? below : below.slice(0, nameEnd));
    if (shown === undefined) return `${this.#root}/${path}`;
    const hostCpu = cpus.get(shown);
    if (hostCpu === undefined) return undefined;
    return `${this.#root}/${CPU_DIRECTORY}/cpu${hostCpu}${nameEnd === -1 ? '' : below.slice(nameEnd)}`;
  }
}

function shownMode(stats: Stats): number | undefined {
  switch (stats.mode & FileType.MASK) {
    case FileType.SYMLINK:
      return stats.mode;
    case FileType.DIRECTORY:
    case FileType.REGULAR:
      return stats.mode & ~0o222;
    default:
      return undefined;
  }
}

function namesIn(hostPath: string): string[] {
  try {
    return readdirSync(hostPath).sort();
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}
