import t from 'tap';
import { Groups } from '../../../src/cgroup/group.ts';
import { openSlabinfo } from '../../../src/cgroup/v1/slabinfo.ts';
import { DescriptorPool } from '../../../src/procfs/kernel-file.ts';

const groups = new Groups(new DescriptorPool(100));

function slabinfoOf(directory: string) {
  const place = { version: 1, directories: [directory], limitable: [directory], isRoot: false } as const;
  return openSlabinfo(groups.open(place));
}

t.test('text of the group, where the kernel fills it', (t) => {
  const root = t.testdir({
    old: { 'memory.kmem.slabinfo': 'slabinfo - version: 2.1\ndentry 1 1\n' },
    new: { 'memory.kmem.slabinfo': '' },
  });
  t.equal(slabinfoOf(`${root}/old`).read(), 'slabinfo - version: 2.1\ndentry 1 1\n');
  t.equal(slabinfoOf(`${root}/new`).read(), undefined);
  t.equal(slabinfoOf(`${root}/none`).read(), undefined);
  t.end();
});
