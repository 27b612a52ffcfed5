import { type PartitionsLine, hostPartitions } from '../../procfs/partitions.ts';
import { type Disk, containerDisks } from '../disks.ts';
import type { View, ViewContext } from '../view.ts';

/** /proc/partitions: the disks of diskstats, with their sizes. */
export const partitions: View = (context) => {
  const inputs = gatherPartitions(context);
  return inputs && renderPartitions(inputs);
};

export interface PartitionsInputs {
  readonly host: readonly PartitionsLine[];
  /** By device number. */
  readonly disks: ReadonlyMap<string, Disk>;
}

/** Reads the disks; undefined where no cgroup counts the container's I/O. */
function gatherPartitions(context: ViewContext): PartitionsInputs | undefined {
  const host = hostPartitions(context.host) ?? [];
  const disks = containerDisks(context, host);
  return disks && { host, disks };
}

/** The text: the kernel's header, and lines in the host's order. */
export function renderPartitions({ host, disks }: PartitionsInputs): string {
  let text = 'major minor  #blocks  name\n\n';
  for (const { major, minor, blocks } of host) {
    const disk = disks.get(`${major}:${minor}`);
    if (disk === undefined) continue;
    text += `${String(major).padStart(4)}  ${String(minor).padStart(7)} ${blocks.padStart(10)} ${disk.name}\n`;
  }
  return text;
}
