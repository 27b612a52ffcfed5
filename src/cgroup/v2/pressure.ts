import type { Group } from '../group.ts';
import type { Pressure } from '../pressure.ts';
import { readValue } from '../read-value.ts';

/** Pressure files are in every cgroup of v2, with or without controllers (so on a hybrid host too); v1 has none. */
export function openPressure(group: Group): Pressure {
  return { read: (resource) => readValue(group.file(NAMES[resource])) || undefined };
}

const NAMES = { cpu: 'cpu.pressure', io: 'io.pressure', memory: 'memory.pressure' };
