import { keyedNumbersParser } from '../../procfs/keyed-numbers.ts';
import { parseByteCount } from '../byte-count.ts';
import { Controller } from '../controller.ts';
import type { Group } from '../group.ts';
import {
  type Memory,
  type MemoryNames,
  type MemoryReading,
  type MemoryStatField,
  type SwapReading,
  readMemory,
  readSwapLimit,
} from '../memory.ts';
import { readValue } from '../read-value.ts';

const NAMES: MemoryNames = {
  limit: 'memory.limit_in_bytes',
  usage: 'memory.usage_in_bytes',
  swapLimit: 'memory.memsw.limit_in_bytes',
  swapUsage: 'memory.memsw.usage_in_bytes',
  stat: 'memory.stat',
};

/** The memory controller of cgroup v1 (Documentation/admin-guide/cgroup-v1/memory.rst). */
export function openMemory(own: Group): Memory {
  return new MemoryV1(own);
}

class MemoryV1 extends Controller implements Memory {
  read(): MemoryReading | undefined {
    return readMemory(this.group, NAMES, parseStat);
  }

  readSwap(): SwapReading | undefined {
    return readSwap(this.group);
  }
}

/**
 * v1 counts memory and swap together (memsw), so what is swapped is the difference to memory alone.
 * With a swappiness of 0 the group swaps nothing more: what it has swapped is all it has.
 */
function readSwap(own: Group): SwapReading | undefined {
  const usageBytes = parseByteCount(readValue(own.file(NAMES.usage)));
  if (usageBytes === undefined) return undefined;
  const bothBytes = parseByteCount(readValue(own.file(NAMES.swapUsage)));
  if (bothBytes === undefined) return { limitBytes: 0, usedBytes: 0 };
  const swaps = parseByteCount(readValue(own.file('memory.swappiness'))) !== 0;
  return {
    limitBytes: swaps ? readSwapLimit(own, NAMES) : 0,
    usedBytes: Math.max(0, bothBytes - usageBytes),
  };
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
