import { COALESCE_MILLIS } from '../../procfs/coalescing.ts';
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
  const counts = (prefix: string): Source => ({
    serviced: open(`${directory}/${prefix}.io_serviced_recursive`),
    bytes: open(`${directory}/${prefix}.io_service_bytes_recursive`),
    absentAtMillis: -Infinity,
  });
  const countsAndTimes = (prefix: string): Source => ({
    ...counts(prefix),
    merged: open(`${directory}/${prefix}.io_merged_recursive`),
    waitNanos: open(`${directory}/${prefix}.io_wait_time_recursive`),
    serviceNanos: open(`${directory}/${prefix}.io_service_time_recursive`),
  });
  const sources = [countsAndTimes('blkio'), countsAndTimes('blkio.bfq'), counts('blkio.throttle')];
  return { read: () => readSources(sources) };
}

interface Source {
  readonly serviced: KernelFile;
  /** When it was found that there is no such scheduler: most kernels lack one of them. */
  absentAtMillis: number;
  readonly bytes: KernelFile;
  readonly merged?: KernelFile;
  readonly waitNanos?: KernelFile;
  readonly serviceNanos?: KernelFile;
}

/** Of each disk the first source that counted anything. */
function readSources(sources: readonly Source[]): Map<string, DiskCounters> | undefined {
  let disks: Map<string, DiskCounters> | undefined;
  const now = performance.now();
  for (const source of sources) {
    if (now - source.absentAtMillis < COALESCE_MILLIS) continue;
    const text = readValue(source.serviced);
    if (text === undefined) {
      source.absentAtMillis = now;
      continue;
    }
    disks ??= new Map();
    const serviced = parseBlkioStat(text);
    if (serviced.size === 0) continue;
    const bytes = operationsIn(source.bytes);
    const merged = operationsIn(source.merged);
    const wait = operationsIn(source.waitNanos);
    const service = operationsIn(source.serviceNanos);
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

function operationsIn(file: KernelFile | undefined): ReadonlyMap<string, Operations> {
  return parseBlkioStat((file && readValue(file)) ?? '');
}

function millis(
  serviceNanos: Operations | undefined,
  name: string,
  waitNanos?: Operations,
): number | undefined {
  const service = serviceNanos?.get(name);
  return service === undefined ? undefined : Math.floor((service + (waitNanos?.get(name) ?? 0)) / 1e6);
}
