import type { Group } from '../group.ts';
import type { Io } from '../io.ts';
import { readValue } from '../read-value.ts';
import { parseIoStat } from './io-stat.ts';

/** The io controller of cgroup v2. A group without it has no disks: those of its ancestors are also its siblings'. */
export function openIo(group: Group): Io {
  return { read: () => parseIoStat(readValue(group.file('io.stat')) ?? '') };
}
