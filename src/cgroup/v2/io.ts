import type { Io } from '../io.ts';
import type { Place } from '../place.ts';
import { type OpenFile, readValue } from '../read-value.ts';
import { parseIoStat } from './io-stat.ts';

/** The io controller of cgroup v2. A group without it has no disks: those of its ancestors are also its siblings'. */
export function openIo({ directories: [directory] }: Place, open: OpenFile): Io {
  const stat = open(`${directory}/io.stat`);
  return { read: () => parseIoStat(readValue(stat) ?? '') };
}
