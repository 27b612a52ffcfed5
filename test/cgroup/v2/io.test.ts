import t from 'tap';
import { openIo } from '../../../src/cgroup/v2/io.ts';
import { DescriptorPool, KernelFile } from '../../../src/procfs/kernel-file.ts';

const pool = new DescriptorPool(100);

function disksOf(...directories: [string, ...string[]]): string[] {
  const place = { version: 2, directories, limitable: directories, isRoot: false } as const;
  const disks = openIo(place, (path) => new KernelFile(path, pool)).read();
  return [...(disks?.keys() ?? [])];
}

t.test('a group without the controller has no disks, whatever its ancestors did', (t) => {
  const root = t.testdir({ a: { 'io.stat': '8:0 rios=5\n', b: {} } });
  t.same(disksOf(`${root}/a/b`, `${root}/a`), []);
  t.same(disksOf(`${root}/a`), ['8:0']);
  t.end();
});
