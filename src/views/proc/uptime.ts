import { type CpuTimes, IDLE_COLUMN, gatherCpuTimes } from '../cpu-times.ts';
import type { View } from '../view.ts';

/** /proc/uptime: age of the container's init, and the idle time of its CPUs as in stat. */
export const uptime: View = (context) => {
  if (context.container.initPid === undefined) return undefined; // the daemon's own pid namespace: the host's age
  const times = gatherCpuTimes(context);
  return times && renderUptime(times);
};

/** The text: `910.11 1729.15`, seconds. */
export function renderUptime({ ageTicks, columns }: CpuTimes): string {
  let idleTicks = 0;
  for (const cpu of columns) idleTicks += cpu[IDLE_COLUMN] ?? 0;
  // In the root group the columns are the machine's, which is older than the container.
  idleTicks = Math.min(idleTicks, ageTicks * columns.length);
  return `${formatTicks(ageTicks)} ${formatTicks(idleTicks)}\n`;
}

/** Ticks as seconds: `12.05`. Whole numbers only, so nothing is rounded up. */
function formatTicks(ticks: number): string {
  return `${Math.floor(ticks / 100)}.${String(ticks % 100).padStart(2, '0')}`;
}
