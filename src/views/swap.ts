import type { SwapReading } from '../cgroup/memory.ts';

/** A container's swap space, in kB as meminfo and swaps show it. */
export interface Swap {
  readonly totalKb: number;
  readonly usedKb: number;
}

export const NO_SWAP: Swap = { totalKb: 0, usedKb: 0 };

/** What a container has of the host's swap space: never less than it uses, nor more than the host has. */
export function swapOf(hostTotalKb: number, { limitBytes, usedBytes }: SwapReading): Swap {
  const usedKb = Math.min(hostTotalKb, Math.floor(usedBytes / 1024));
  const totalKb = Math.min(hostTotalKb, Math.floor(limitBytes / 1024));
  return { totalKb: Math.max(totalKb, usedKb), usedKb };
}
