import t from 'tap';
import { HostFiles } from '../../src/procfs/host-files.ts';
import { DescriptorPool } from '../../src/procfs/kernel-file.ts';

t.test('one kept file for each path, below the root', (t) => {
  const root = t.testdir({ proc: { swaps: 'Filename\n' } });
  const pool = new DescriptorPool(10);
  const host = new HostFiles(root, pool);
  t.equal(host.file('/proc/swaps'), host.file('/proc/swaps'));
  t.equal(host.file('/proc/swaps').read(), 'Filename\n');
  t.equal(host.file('/proc/absent').read(), undefined);
  t.equal(pool.size, 1);
  t.end();
});
