import type { DiskCounters, DiskOperation } from '../../cgroup/io.ts';
import { type DiskstatsLine, hostDiskstats } from '../../procfs/diskstats.ts';
import { type Disk, containerDisks } from '../disks.ts';
import type { View, ViewContext } from '../view.ts';

/** /proc/diskstats: the disks that the container used, and what it did with them. */
export const diskstats: View = (context) => {
  const inputs = gatherDiskstats(context);
  return inputs && renderDiskstats(inputs);
};

export interface DiskstatsInputs {
  readonly host: readonly DiskstatsLine[];
  /** By device number. */
  readonly disks: ReadonlyMap<string, Disk>;
}

/** Reads the disks; undefined where no cgroup counts the container's I/O. */
function gatherDiskstats(context: ViewContext): DiskstatsInputs | undefined {
  const host = hostDiskstats(context.host) ?? [];
  const disks = containerDisks(context, host);
  return disks && { host, disks };
}

/** The text: in the host's order, with as many counters as the host's kernel has. */
export function renderDiskstats({ host, disks }: DiskstatsInputs): string {
  let text = '';
  for (const { major, minor, counterCount } of host) {
    const disk = disks.get(`${major}:${minor}`);
    if (disk === undefined) continue;
    const numbers = columns(disk.counters).slice(0, counterCount);
    while (numbers.length < counterCount) numbers.push(0); // flush requests: no cgroup counts them
    text += `${String(major).padStart(4)} ${String(minor).padStart(7)} ${disk.name} ${numbers.join(' ')}\n`;
  }
  return text;
}

function columns({ reads, writes, discards, busyMillis }: DiskCounters): number[] {
  const inProgress = 0;
  const weightedMillis = 0;
  return [
    ...operation(reads),
    ...operation(writes),
    inProgress,
    busyMillis ?? 0,
    weightedMillis,
    ...operation(discards),
  ];
}

/** Requests, merged requests, sectors, milliseconds. */
function operation({ count = 0, merged = 0, bytes = 0, millis = 0 }: DiskOperation): number[] {
  return [count, merged, Math.floor(bytes / SECTOR_BYTES), millis];
}

const SECTOR_BYTES = 512;
