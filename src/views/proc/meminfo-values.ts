import type { MemoryReading } from '../../cgroup/memory.ts';
import { type Meminfo, meminfoNumber } from '../../procfs/meminfo.ts';
import type { Swap } from '../swap.ts';

/** All that the numbers of a container's meminfo follow from. */
export interface MeminfoInputs {
  readonly host: Meminfo;
  readonly memory: MemoryReading;
  readonly swap: Swap;
  /** -u: nothing of swap is shown. */
  readonly hideSwap: boolean;
  /** --disable-zswap, or -u. */
  readonly hideZswap: boolean;
}

/**
 * The container's numbers by their names in meminfo, in kB. No set of counters, however inconsistent (they are read one
 * after the other, and a limit may be lowered below the use), makes them contradict each other: all are clamped such that
 * MemFree <= MemAvailable <= MemTotal, Shmem <= Cached, and MemFree + Cached + Slab <= MemTotal.
 */
export function meminfoValues({ host, memory, swap, hideSwap, hideZswap }: MeminfoInputs) {
  const { stat } = memory;
  const hostBytes = (meminfoNumber(host, 'MemTotal:') ?? Infinity) * 1024;
  const total = Math.max(SMALLEST_BYTES, Math.min(hostBytes, memory.limitBytes));
  const free = Math.max(0, Math.min(memory.roomBytes, total - memory.usageBytes));
  const used = total - free;
  const slab = within(used, stat.slab);
  const reclaimable = within(slab, stat.slabReclaimable);
  const cached = within(used - slab, stat.file);
  const anon = within(used, stat.anon);
  const shmem = within(cached, stat.shmem);
  const activeAnon = within(used, stat.activeAnon);
  const activeFile = within(used, stat.activeFile);
  const inactiveAnon = within(used, stat.inactiveAnon);
  const inactiveFile = within(used, stat.inactiveFile);
  const totalKb = kb(total);
  const commitLimitKb = commitLimit(host, totalKb) + swap.totalKb;
  return {
    MemTotal: totalKb,
    MemFree: kb(free),
    MemAvailable: kb(Math.min(total, free + activeFile + inactiveFile + reclaimable)),
    Cached: kb(cached),
    SwapCached: hideSwap ? 0 : kb(within(used, stat.swapCached)),
    Active: kb(Math.min(used, activeAnon + activeFile)),
    Inactive: kb(Math.min(used, inactiveAnon + inactiveFile)),
    'Active(anon)': kb(activeAnon),
    'Inactive(anon)': kb(inactiveAnon),
    'Active(file)': kb(activeFile),
    'Inactive(file)': kb(inactiveFile),
    Unevictable: kb(within(used, stat.unevictable)),
    SwapTotal: swap.totalKb,
    SwapFree: swap.totalKb - swap.usedKb,
    Zswap: hideZswap ? 0 : kb(within(used, stat.zswap)),
    Zswapped: hideZswap ? 0 : Math.min(swap.usedKb, kb(stat.zswapped ?? 0)),
    Dirty: kb(within(used, stat.fileDirty)),
    Writeback: kb(within(used, stat.fileWriteback)),
    AnonPages: kb(anon),
    Mapped: kb(within(used, stat.fileMapped)),
    Shmem: kb(shmem),
    KReclaimable: kb(reclaimable),
    Slab: kb(slab),
    SReclaimable: kb(reclaimable),
    SUnreclaim: kb(within(slab - reclaimable, stat.slabUnreclaimable)),
    KernelStack: kb(within(used, stat.kernelStack)),
    PageTables: kb(within(used, stat.pageTables)),
    SecPageTables: kb(within(used, stat.secPageTables)),
    CommitLimit: commitLimitKb,
    // What was promised and never touched is counted nowhere; what is in use was promised for certain.
    Committed_AS: Math.min(commitLimitKb, kb(anon + shmem) + swap.usedKb),
    VmallocUsed: kb(within(used, stat.vmalloc)),
    Percpu: kb(within(used, stat.percpu)),
    AnonHugePages: kb(within(used, stat.anonThp)),
    ShmemHugePages: kb(within(used, stat.shmemThp)),
    FileHugePages: kb(within(used, stat.fileThp)),
  };
}

/** A limit of 0 exists; a MemTotal of 0 would have readers divide by it. */
const SMALLEST_BYTES = 4096;

/** A counter, at most so many bytes; one that does not exist is 0. */
function within(bytes: number, counter: number | undefined): number {
  return Math.min(bytes, counter ?? 0);
}

function kb(bytes: number): number {
  return Math.floor(bytes / 1024);
}

/**
 * Memory's part of CommitLimit by the host's rule: vm.overcommit_ratio percent of it, which the host's own lines tell
 * without another file being read, or vm.overcommit_kbytes where those are no whole percentage.
 */
function commitLimit(host: Meminfo, totalKb: number): number {
  const hostKb = (meminfoNumber(host, 'MemTotal:') ?? 0) - (meminfoNumber(host, 'Hugetlb:') ?? 0);
  const limitKb = Math.max(
    0,
    (meminfoNumber(host, 'CommitLimit:') ?? 0) - (meminfoNumber(host, 'SwapTotal:') ?? 0),
  );
  const ratio = Math.round((100 * limitKb) / hostKb);
  const isRatio = Math.abs((hostKb * ratio) / 100 - limitKb) <= LARGEST_PAGE_KB;
  return isRatio ? Math.floor((totalKb * ratio) / 100) : Math.min(limitKb, totalKb);
}

/** The kernel computes in pages and rounds down. */
const LARGEST_PAGE_KB = 64;
