import { existsSync } from 'node:fs';
import { keyedNumbersParser } from '../../procfs/keyed-numbers.ts';
import { parseByteCount } from '../byte-count.ts';
import {
  type Memory,
  type MemoryLevel,
  type MemoryStatField,
  type SwapReading,
  readMemory,
  readSwapLimit,
} from '../memory.ts';
import type { Place } from '../place.ts';
import { type OpenFile, readValue } from '../read-value.ts';

/** The memory controller of cgroup v2 (Documentation/admin-guide/cgroup-v2.rst). */
export function openMemory({ directories, limitable }: Place, open: OpenFile): Memory {
  const levels = limitable.map((directory): MemoryLevel => {
    const file = (name: string) => open(`${directory}/${name}`);
    return {
      limit: file('memory.max'),
      usage: file('memory.current'),
      swapLimit: file('memory.swap.max'),
      swapUsage: file('memory.swap.current'),
      stat: file('memory.stat'),
    };
  });
  const above = () => levelsWithController(directories[0], levels);
  return {
    read: () => readMemory(levels, parseStat) ?? readMemory(above(), parseStat),
    readSwap: () => readSwap(levels) ?? readSwap(above()),
  };
}

/**
 * The levels that count a group without the memory controller: from its nearest ancestor that has it. None for a group that has
 * the controller, whose files are broken, and for one that is gone.
 */
function levelsWithController(directory: string, levels: readonly MemoryLevel[]): readonly MemoryLevel[] {
  const nearest = levels.findIndex(({ usage }) => existsSync(usage.path));
  return nearest > 0 && existsSync(directory) ? levels.slice(nearest) : [];
}

function readSwap(levels: readonly MemoryLevel[]): SwapReading | undefined {
  const [own] = levels;
  if (own === undefined) return undefined;
  const usedBytes = parseByteCount(readValue(own.swapUsage));
  if (usedBytes !== undefined) return { limitBytes: readSwapLimit(levels), usedBytes };
  return parseByteCount(readValue(own.usage)) === undefined ? undefined : { limitBytes: 0, usedBytes: 0 };
}

/** All of them include the groups below. The v1 file has no keys for kernel memory; here are those. */
const parseStat = keyedNumbersParser<MemoryStatField>({
  anon: 'anon',
  file: 'file',
  shmem: 'shmem',
  file_mapped: 'fileMapped',
  file_dirty: 'fileDirty',
  file_writeback: 'fileWriteback',
  swapcached: 'swapCached',
  anon_thp: 'anonThp',
  file_thp: 'fileThp',
  shmem_thp: 'shmemThp',
  active_anon: 'activeAnon',
  inactive_anon: 'inactiveAnon',
  active_file: 'activeFile',
  inactive_file: 'inactiveFile',
  unevictable: 'unevictable',
  slab: 'slab',
  slab_reclaimable: 'slabReclaimable',
  slab_unreclaimable: 'slabUnreclaimable',
  kernel_stack: 'kernelStack',
  pagetables: 'pageTables',
  sec_pagetables: 'secPageTables',
  percpu: 'percpu',
  vmalloc: 'vmalloc',
  zswap: 'zswap',
  zswapped: 'zswapped',
});
