import { COALESCE_MILLIS } from '../../procfs/coalescing.ts';
import { Controller } from '../controller.ts';
import type { Group } from '../group.ts';
import type { DiskCounters, DiskOperation, Io } from '../io.ts';
import { readValue } from '../read-value.ts';
import { type Operations, parseBlkioStat } from './blkio-stat.ts';

/**
 * The blkio controller of cgroup v1. Who counts a disk depends on its I/O scheduler: CFQ (kernels before 5.0), BFQ, or,
 * with any other, the throttling layer. Each has files of its own, which are there but say nothing of other disks.
 */
export function openIo(group: Group): Io {
  return new Blkio(group);
}

class Blkio extends Controller implements Io {
  readonly #absentAtMillis = SOURCES.map(() => -Infinity);

  read(): ReadonlyMap<string, DiskCounters> | undefined {
    return readSources(this.group, this.#absentAtMillis);
  }
}

/** Names of the files of one that counts. */
interface Source {
  readonly serviced: string;
  readonly bytes: string;
  readonly merged?: string;
  readonly waitNanos?: string;
  readonly serviceNanos?: string;
}

const SOURCES: readonly Source[] = [
  countsAndTimes('blkio'),
  countsAndTimes('blkio.bfq'),
  counts('blkio.throttle'),
];

function counts(prefix: string): Source {
  return {
    serviced: `${prefix}.io_serviced_recursive`,
    bytes: `${prefix}.io_service_bytes_recursive`,
  };
}

function countsAndTimes(prefix: string): Source {
  return {
    ...counts(prefix),
    merged: `${prefix}.io_merged_recursive`,
    waitNanos: `${prefix}.io_wait_time_recursive`,
    serviceNanos: `${prefix}.io_service_time_recursive`,
  };
}

/**
 * Of each disk the first source that counted anything. `absentAtMillis` has for each source when it was found that there is no
 * such scheduler: most kernels lack one of them.
 */
function readSources(group: Group, absentAtMillis: number[]): Map<string, DiskCounters> | undefined {
  let disks: Map<string, DiskCounters> | undefined;
  const now = performance.now();
  for (const [index, source] of SOURCES.entries()) {
    if (now - (absentAtMillis[index] ?? 0) < COALESCE_MILLIS) continue;
    const text = readValue(group.file(source.serviced));
    if (text === undefined) {
      absentAtMillis[index] = now;
      continue;
    }
    disks ??= new Map();
    const serviced = parseBlkioStat(text);
    if (serviced.size === 0) continue;
    const bytes = operationsIn(group, source.bytes);
    const merged = operationsIn(group, source.merged);
    const wait = operationsIn(group, source.waitNanos);
    const service = operationsIn(group, source.serviceNanos);
    for (const [device, operations] of serviced) {
      if (disks.has(device) || !operations.get('Total')) continue;
      const operation = (name: string): DiskOperation => ({
        count: operations.get(name),
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

function operationsIn(group: Group, name: string | undefined): ReadonlyMap<string, Operations> {
  return parseBlkioStat((name && readValue(group.file(name))) ?? '');
}

function millis(
  serviceNanos: Operations | undefined,
  name: string,
  waitNanos?: Operations,
): number | undefined {
  const service = serviceNanos?.get(name);
  return service === undefined ? undefined : Math.floor((service + (waitNanos?.get(name) ?? 0)) / 1e6);
}
