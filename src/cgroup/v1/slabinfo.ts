import { Controller } from '../controller.ts';
import type { Group } from '../group.ts';
import { readRecords } from '../read-value.ts';
import type { Slabinfo } from '../slabinfo.ts';

/** memory.kmem.slabinfo, which kernels from 5.9 on leave empty; v2 has nothing like it. */
export function openSlabinfo(group: Group): Slabinfo {
  return new KmemSlabinfo(group);
}

class KmemSlabinfo extends Controller implements Slabinfo {
  read(): string | undefined {
    return readRecords(this.group.file('memory.kmem.slabinfo')) || undefined;
  }
}
