import { existsSync } from 'node:fs';
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
  limit: 'memory.max',
  usage: 'memory.current',
  swapLimit: 'memory.swap.max',
  swapUsage: 'memory.swap.current',
  stat: 'memory.stat',
};

/** The memory controller of cgroup v2 (Documentation/admin-guide/cgroup-v2.rst). */
export function openMemory(own: Group): Memory {
  return new MemoryV2(own);
}

class MemoryV2 extends Controller implements Memory {
  read(): MemoryReading | undefined {
    const own = this.group;
    return readMemory(own, NAMES, parseStat) ?? readMemory(ancestorThatCounts(own), NAMES, parseStat);
  }

  readSwap(): SwapReading | undefined {
    return readSwap(this.group) ?? readSwap(ancestorThatCounts(this.group));
  }
}

/**
 * The nearest ancestor with the memory controller, which counts a group without it. None for a group that has the controller,
 * whose files are broken, and for one that is gone.
 */
function ancestorThatCounts(own: Group): Group | undefined {
  for (let level: Group | undefined = own; level !== undefined; level = level.above) {
    if (!existsSync(`${level.directory}/${NAMES.usage}`)) continue;
    return level !== own && existsSync(own.directory) ? level : undefined;
  }
  return undefined;
}

function readSwap(own: Group | undefined): SwapReading | undefined {
  if (own === undefined) return undefined;
  const usedBytes = parseByteCount(readValue(own.file(NAMES.swapUsage)));
  if (usedBytes !== undefined) return { limitBytes: readSwapLimit(own, NAMES), usedBytes };
  const isCounted = parseByteCount(readValue(own.file(NAMES.usage))) !== undefined;
  return isCounted ? { limitBytes: 0, usedBytes: 0 } : undefined;
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
