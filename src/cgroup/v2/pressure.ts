import { Controller } from '../controller.ts';
import type { Group } from '../group.ts';
import type { Pressure, PressureResource } from '../pressure.ts';
import { readValue } from '../read-value.ts';

/** Pressure files are in every cgroup of v2, with or without controllers (so on a hybrid host too); v1 has none. */
export function openPressure(group: Group): Pressure {
  return new PressureFiles(group);
}

class PressureFiles extends Controller implements Pressure {
  read(resource: PressureResource): string | undefined {
    return readValue(this.group.file(NAMES[resource])) || undefined;
  }
}

const NAMES = { cpu: 'cpu.pressure', io: 'io.pressure', memory: 'memory.pressure' };
