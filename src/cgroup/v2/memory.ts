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
export function openMemory({ limitable }: Place, open: OpenFile): Memory {
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
  return {
    read: () => readMemory(levels, parseStat),
    readSwap: () => readSwap(levels),
  };
}

/** A group without the memory controller is counted in its nearest ancestor that has it. */
function readSwap(levels: readonly MemoryLevel[]): SwapReading | undefined {
  for (const level of levels) {
    const usedBytes = parseByteCount(readValue(level.swapUsage));
    if (usedBytes !== undefined) return { limitBytes: readSwapLimit(levels), usedBytes };
    if (parseByteCount(readValue(level.usage)) !== undefined) return { limitBytes: 0, usedBytes: 0 };
  }
  return undefined;
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
