import t from 'tap';
import { openIo } from '../../../src/cgroup/v2/io.ts';
import { DescriptorPool, KernelFile } from '../../../src/procfs/kernel-file.ts';

const pool = new DescriptorPool(100);

function readsOf(...directories: [string, ...string[]]): number | undefined {
  const place = { version: 2, directories, limitable: directories, isRoot: false } as const;
  const disks = openIo(place, (path) => new KernelFile(path, pool)).read();
  return disks?.get('8:0')?.reads.count;
}

t.test('a group without the controller is counted in its nearest ancestor that has it', (t) => {
  const root = t.testdir({
    'io.stat': '8:0 rios=9\n',
    a: { 'io.stat': '8:0 rios=5\n', b: {} },
  });
  t.equal(readsOf(`${root}/a/b`, `${root}/a`, root), 5);
  t.equal(readsOf(`${root}/a/b`), undefined);
  t.end();
});
