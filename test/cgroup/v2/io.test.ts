import t from 'tap';
import { Groups } from '../../../src/cgroup/group.ts';
import { openIo } from '../../../src/cgroup/v2/io.ts';
import { DescriptorPool } from '../../../src/procfs/kernel-file.ts';

const groups = new Groups(new DescriptorPool(100));

function disksOf(...directories: [string, ...string[]]): string[] {
  const place = { version: 2, directories, limitable: directories, isRoot: false } as const;
  const disks = openIo(groups.open(place)).read();
  return [...(disks?.keys() ?? [])];
}

t.test('a group without the controller has no disks, whatever its ancestors did', (t) => {
  const root = t.testdir({ a: { 'io.stat': '8:0 rios=5\n', b: {} } });
  t.same(disksOf(`${root}/a/b`, `${root}/a`), []);
  t.same(disksOf(`${root}/a`), ['8:0']);
  t.end();
});
