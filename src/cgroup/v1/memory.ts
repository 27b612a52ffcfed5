import type { KernelFile } from '../../procfs/kernel-file.ts';
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

/** The memory controller of cgroup v1 (Documentation/admin-guide/cgroup-v1/memory.rst). */
export function openMemory({ directories, limitable }: Place, open: OpenFile): Memory {
  const levels = limitable.map((directory): MemoryLevel => {
    const file = (name: string) => open(`${directory}/${name}`);
    return {
      limit: file('memory.limit_in_bytes'),
      usage: file('memory.usage_in_bytes'),
      swapLimit: file('memory.memsw.limit_in_bytes'),
      swapUsage: file('memory.memsw.usage_in_bytes'),
      stat: file('memory.stat'),
    };
  });
  const swappiness = open(`${directories[0]}/memory.swappiness`);
  return {
    read: () => readMemory(levels, parseStat),
    readSwap: () => readSwap(levels, swappiness),
  };
}

/**
 * v1 counts memory and swap together (memsw), so what is swapped is the difference to memory alone.
 * With a swappiness of 0 the group swaps nothing more: what it has swapped is all it has.
 */
function readSwap(levels: readonly MemoryLevel[], swappiness: KernelFile): SwapReading | undefined {
  const own = levels[0];
  const usageBytes = own && parseByteCount(readValue(own.usage));
  if (own === undefined || usageBytes === undefined) return undefined;
  const bothBytes = parseByteCount(readValue(own.swapUsage));
  if (bothBytes === undefined) return { limitBytes: 0, usedBytes: 0 };
  const swaps = parseByteCount(readValue(swappiness)) !== 0;
  return { limitBytes: swaps ? readSwapLimit(levels) : 0, usedBytes: Math.max(0, bothBytes - usageBytes) };
}

/** The group's own keys leave out the groups below it: the `total_` ones count. v1 has none for kernel memory. */
const parseStat = keyedNumbersParser<MemoryStatField>({
  total_rss: 'anon',
  total_cache: 'file',
  total_shmem: 'shmem',
  total_mapped_file: 'fileMapped',
  total_dirty: 'fileDirty',
  total_writeback: 'fileWriteback',
  total_swapcached: 'swapCached',
  total_rss_huge: 'anonThp',
  total_active_anon: 'activeAnon',
  total_inactive_anon: 'inactiveAnon',
  total_active_file: 'activeFile',
  total_inactive_file: 'inactiveFile',
  total_unevictable: 'unevictable',
  hierarchical_memory_limit: 'hierarchicalLimit',
});
