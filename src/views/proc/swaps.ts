import { hostMeminfo, meminfoNumber } from '../../procfs/meminfo.ts';
import { type Swap, NO_SWAP, swapOf } from '../swap.ts';
import type { View, ViewContext } from '../view.ts';

/** /proc/swaps: the container's swap space as one virtual device, with the numbers of meminfo. */
export const swaps: View = (context) => {
  const swap = gatherSwaps(context);
  return swap && renderSwaps(swap);
};

/** Reads the swap space; undefined where no cgroup counts the container's memory. */
function gatherSwaps({ container, host, options }: ViewContext): Swap | undefined {
  const swap = container.cgroup.memory?.readSwap();
  if (swap === undefined || options.disableSwap) return swap && NO_SWAP;
  const meminfo = hostMeminfo(host);
  return meminfo && swapOf(meminfoNumber(meminfo, 'SwapTotal:') ?? 0, swap);
}

/** The text: the kernel's header, and one line where there is any swap. */
export function renderSwaps({ totalKb, usedKb }: Swap): string {
  const header = 'Filename\t\t\t\tType\t\tSize\tUsed\tPriority\n';
  return totalKb === 0 ? header : `${header}${'none'.padEnd(40)}virtual\t\t${totalKb}\t${usedKb}\t0\n`;
}
