import type { Place } from '../place.ts';
import type { Pressure } from '../pressure.ts';
import { type OpenFile, readValue } from '../read-value.ts';

/** Pressure files are in every cgroup of v2, with or without controllers (so on a hybrid host too); v1 has none. */
export function openPressure({ directories: [directory] }: Place, open: OpenFile): Pressure {
  const files = {
    cpu: open(`${directory}/cpu.pressure`),
    io: open(`${directory}/io.pressure`),
    memory: open(`${directory}/memory.pressure`),
  };
  return { read: (resource) => readValue(files[resource]) || undefined };
}
