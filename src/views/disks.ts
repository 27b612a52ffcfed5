import type { DiskCounters } from '../cgroup/io.ts';
import { type DeviceNames, deviceNamesIn } from './device-names.ts';
import type { ViewContext } from './view.ts';

/** A disk as a container has it. */
export interface Disk {
  readonly name: string;
  readonly counters: DiskCounters;
}

interface HostDisk {
  readonly major: number;
  readonly minor: number;
  readonly name: string;
}

/**
 * The disks of the host that the container used, by device number (`254:0`); undefined where no cgroup counts its I/O.
 * With --device-names=container they are named as in the container's /dev, and those without a name there are left out.
 */
export function containerDisks(
  { container, host, options }: ViewContext,
  hostDisks: readonly HostDisk[],
): ReadonlyMap<string, Disk> | undefined {
  const counted = container.cgroup.io?.read();
  if (counted === undefined) return undefined;
  const names: DeviceNames | undefined =
    options.deviceNames === 'container' && container.initPid !== undefined
      ? deviceNamesIn(host.root, container.initPid)
      : undefined;
  const disks = new Map<string, Disk>();
  for (const disk of hostDisks) {
    const device = `${disk.major}:${disk.minor}`;
    const counters = counted.get(device);
    const name = names === undefined ? disk.name : names.get(device);
    if (counters !== undefined && name !== undefined && isUsed(counters))
      disks.set(device, { name, counters });
  }
  return disks;
}

function isUsed({ reads, writes, discards }: DiskCounters): boolean {
  return Boolean(reads.count || writes.count || discards.count);
}
