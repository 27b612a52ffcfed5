import type { Place } from '../place.ts';
import { type OpenFile, readRecords } from '../read-value.ts';
import type { Slabinfo } from '../slabinfo.ts';

/** memory.kmem.slabinfo, which kernels from 5.9 on leave empty; v2 has nothing like it. */
export function openSlabinfo({ directories: [directory] }: Place, open: OpenFile): Slabinfo {
  const file = open(`${directory}/memory.kmem.slabinfo`);
  return { read: () => readRecords(file) || undefined };
}
