import type { KernelFile } from '../../procfs/kernel-file.ts';
import type { DiskCounters, DiskOperation, Io } from '../io.ts';
import type { Place } from '../place.ts';
import { type OpenFile, readValue } from '../read-value.ts';
import { type Operations, parseBlkioStat } from './blkio-stat.ts';

/**
 * The blkio controller of cgroup v1. Who counts a disk depends on its I/O scheduler: CFQ (kernels before 5.0), BFQ, or,
 * with any other, the throttling layer. Each has files of its own, which are there but say nothing of other disks.
 */
export function openIo({ directories: [directory] }: Place, open: OpenFile): Io {
  const sources = ['blkio', 'blkio.bfq', 'blkio.throttle'].map((prefix): Source => {
    const file = (name: string) => open(`${directory}/${prefix}.${name}_recursive`);
    return {
      serviced: file('io_serviced'),
      bytes: file('io_service_bytes'),
      merged: file('io_merged'),
      waitNanos: file('io_wait_time'),
      serviceNanos: file('io_service_time'),
    };
  });
  return { read: () => readSources(sources) };
}

interface Source {
  readonly serviced: KernelFile;
  readonly bytes: KernelFile;
  readonly merged: KernelFile;
  readonly waitNanos: KernelFile;
  readonly serviceNanos: KernelFile;
}

/** Of each disk the first source that counted anything. */
function readSources(sources: readonly Source[]): Map<string, DiskCounters> | undefined {
  let disks: Map<string, DiskCounters> | undefined;
  for (const source of sources) {
    const text = readValue(source.serviced);
    if (text === undefined) continue;
    disks ??= new Map();
    const serviced = parseBlkioStat(text);
    if (serviced.size === 0) continue;
    const bytes = parseBlkioStat(readValue(source.bytes) ?? '');
    const merged = parseBlkioStat(readValue(source.merged) ?? '');
    const wait = parseBlkioStat(readValue(source.waitNanos) ?? '');
    const service = parseBlkioStat(readValue(source.serviceNanos) ?? '');
    for (const [device, counts] of serviced) {
      if (disks.has(device) || !counts.get('Total')) continue;
      const operation = (name: string): DiskOperation => ({
        count: counts.get(name),
        bytes: bytes.get(device)?.get(name),
        merged: merged.get(device)?.get(name),
        millis: millis(service.get(device), name, wait.get(device)),
      });
      disks.set(device, {
        reads: operation('Read'),
        writes: operation('Write'),
        discards: operation('Discard'),
        busyMillis: millis(service.get(device), 'Total'),
      });
    }
  }
  return disks;
}

function millis(
  serviceNanos: Operations | undefined,
  name: string,
  waitNanos?: Operations,
): number | undefined {
  const service = serviceNanos?.get(name);
  return service === undefined ? undefined : Math.floor((service + (waitNanos?.get(name) ?? 0)) / 1e6);
}
