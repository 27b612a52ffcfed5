import type { KernelFile } from '../procfs/kernel-file.ts';
import type { KeyedNumbers } from '../procfs/keyed-numbers.ts';
import { parseByteCount, UNLIMITED_FROM_BYTES } from './byte-count.ts';
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

/** The files of one level, the group's own or an ancestor's. */
export interface MemoryLevel {
  readonly limit: KernelFile;
  readonly usage: KernelFile;
  readonly swapLimit: KernelFile;
  readonly swapUsage: KernelFile;
  readonly stat: KernelFile;
}

/** Reads the use of the group, the first of the levels, and the limits of all; undefined where its use cannot be read. */
export function readMemory(
  levels: readonly MemoryLevel[],
  parseStat: (text: Buffer) => MemoryStat,
): MemoryReading | undefined {
  const [own] = levels;
  const usageBytes = own && parseByteCount(readValue(own.usage));
  if (own === undefined || usageBytes === undefined) return undefined;
  const stat = parseStat(readBytes(own.stat) ?? NOTHING);
  // v1 tells the smallest limit here too, and knows of ancestors that no mount shows.
  const { hierarchicalLimit } = stat;
  let limitBytes = hierarchicalLimit ?? Infinity;
  let roomBytes = Infinity;
  for (const level of levelsToAsk(levels, hierarchicalLimit)) {
    const limit = parseByteCount(readValue(level.limit)) ?? Infinity;
    if (limit === Infinity) continue;
    limitBytes = Math.min(limitBytes, limit);
    const usage = level === own ? usageBytes : parseByteCount(readValue(level.usage));
    if (usage !== undefined) roomBytes = Math.min(roomBytes, Math.max(0, limit - usage));
  }
  return { limitBytes, usageBytes, roomBytes, stat };
}

const NOTHING = Buffer.alloc(0);

/** Whose limits say more than the smallest of all, where that is known: none if nothing is limited, else the ancestors'. */
function levelsToAsk(
  levels: readonly MemoryLevel[],
  smallestLimit: number | undefined,
): readonly MemoryLevel[] {
  if (smallestLimit === undefined) return levels;
  return smallestLimit >= UNLIMITED_FROM_BYTES ? [] : levels.slice(1);
}

/** The smallest swap limit of all levels, in bytes, Infinity without any. */
export function readSwapLimit(levels: readonly MemoryLevel[]): number {
  let limitBytes = Infinity;
  for (const { swapLimit } of levels) {
    limitBytes = Math.min(limitBytes, parseByteCount(readValue(swapLimit)) ?? Infinity);
  }
  return limitBytes;
}
