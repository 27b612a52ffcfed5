import { Controller } from '../controller.ts';
import type { Group } from '../group.ts';
import type { DiskCounters, Io } from '../io.ts';
import { readValue } from '../read-value.ts';
import { parseIoStat } from './io-stat.ts';

/** The io controller of cgroup v2. A group without it has no disks: those of its ancestors are also its siblings'. */
export function openIo(group: Group): Io {
  return new IoStat(group);
}

class IoStat extends Controller implements Io {
  read(): ReadonlyMap<string, DiskCounters> {
    return parseIoStat(readValue(this.group.file('io.stat')) ?? '');
  }
}
