import t from 'tap';
import { parsePartitions } from '../../src/procfs/partitions.ts';

t.test('devices and their sizes, without the header', (t) => {
  const text = 'major minor  #blocks  name\n\n 254        0  268435456 vda\n   8        1       1024 sda1\n';
  t.same(parsePartitions(text), [
    { major: 254, minor: 0, blocks: '268435456', name: 'vda' },
    { major: 8, minor: 1, blocks: '1024', name: 'sda1' },
  ]);
  t.same(parsePartitions(''), []);
  t.end();
});
