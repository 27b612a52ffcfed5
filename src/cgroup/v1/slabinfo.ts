import type { Group } from '../group.ts';
import { readRecords } from '../read-value.ts';
import type { Slabinfo } from '../slabinfo.ts';

/** memory.kmem.slabinfo, which kernels from 5.9 on leave empty; v2 has nothing like it. */
export function openSlabinfo(group: Group): Slabinfo {
  return { read: () => readRecords(group.file('memory.kmem.slabinfo')) || undefined };
}
