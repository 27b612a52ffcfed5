import type { KeyedNumbers } from '../procfs/keyed-numbers.ts';
import { parseByteCount, UNLIMITED_FROM_BYTES } from './byte-count.ts';
import type { Group } from './group.ts';
import { readBytes, readValue } from './read-value.ts';

/** The memory controller's side of a container's cgroup. */
export interface Memory {
  /** Limits, use and what it is used for; undefined where nothing counts its memory. */
  read(): MemoryReading | undefined;
  /** Swap; undefined as for `read`. Where swap is not accounted, nothing can be swapped: limit and use are 0. */
  readSwap(): SwapReading | undefined;
}

export interface MemoryReading {
  /** Smallest limit of the group and its ancestors, Infinity without any. */
  readonly limitBytes: number;
  readonly usageBytes: number;
  /**
   * Smallest (limit - usage) of its ancestors, which siblings use too, and of the group unless that follows from the other
   * two numbers; Infinity without a limit.
   */
  readonly roomBytes: number;
  readonly stat: MemoryStat;
}

export interface SwapReading {
  /** Smallest limit of the group and its ancestors, Infinity without any. On v1 a limit of memory and swap together. */
  readonly limitBytes: number;
  readonly usedBytes: number;
}

/** What memory.stat says of the group and all below it, in bytes; undefined what this kernel does not count. */
export type MemoryStat = KeyedNumbers<MemoryStatField>;

export type MemoryStatField =
  | 'anon'
  | 'file'
  | 'shmem'
  | 'fileMapped'
  | 'fileDirty'
  | 'fileWriteback'
  | 'swapCached'
  | 'anonThp'
  | 'fileThp'
  | 'shmemThp'
  | 'activeAnon'
  | 'inactiveAnon'
  | 'activeFile'
  | 'inactiveFile'
  | 'unevictable'
  | 'slab'
  | 'slabReclaimable'
  | 'slabUnreclaimable'
  | 'kernelStack'
  | 'pageTables'
  | 'secPageTables'
  | 'percpu'
  | 'vmalloc'
  | 'zswap'
  | 'zswapped'
  | 'hierarchicalLimit';

/** Names of the files that every group has; they differ between v1 and v2. */
export interface MemoryNames {
  readonly limit: string;
  readonly usage: string;
  readonly swapLimit: string;
  readonly swapUsage: string;
  readonly stat: string;
}

/** Reads the use of the group, and the limits of all levels; undefined where its use cannot be read. */
export function readMemory(
  own: Group | undefined,
  names: MemoryNames,
  parseStat: (text: Buffer) => MemoryStat,
): MemoryReading | undefined {
  const usageBytes = own && parseByteCount(readValue(own.file(names.usage)));
  if (own === undefined || usageBytes === undefined) return undefined;
  const stat = parseStat(readBytes(own.file(names.stat)) ?? NOTHING);
  // v1 tells the smallest limit here too, and knows of ancestors that no mount shows.
  const { hierarchicalLimit } = stat;
  let limitBytes = hierarchicalLimit ?? Infinity;
  let roomBytes = Infinity;
  for (let level = nearestToAsk(own, hierarchicalLimit); level !== undefined; level = level.above) {
    const limit = parseByteCount(readValue(level.file(names.limit))) ?? Infinity;
    if (limit === Infinity) continue;
    limitBytes = Math.min(limitBytes, limit);
    const usage = level === own ? usageBytes : parseByteCount(readValue(level.file(names.usage)));
    if (usage !== undefined) roomBytes = Math.min(roomBytes, Math.max(0, limit - usage));
  }
  return { limitBytes, usageBytes, roomBytes, stat };
}

const NOTHING = Buffer.alloc(0);

/** From where on limits say more than the smallest of all, where that is known: from nowhere if nothing is limited, else above. */
function nearestToAsk(own: Group, smallestLimit: number | undefined): Group | undefined {
  if (smallestLimit === undefined) return own;
  return smallestLimit >= UNLIMITED_FROM_BYTES ? undefined : own.above;
}

/** The smallest swap limit of all levels, in bytes, Infinity without any. */
export function readSwapLimit(own: Group, { swapLimit }: MemoryNames): number {
  let limitBytes = Infinity;
  for (let level: Group | undefined = own; level !== undefined; level = level.above) {
    limitBytes = Math.min(limitBytes, parseByteCount(readValue(level.file(swapLimit))) ?? Infinity);
  }
  return limitBytes;
}
