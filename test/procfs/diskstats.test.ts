import t from 'tap';
import { parseDiskstats } from '../../src/procfs/diskstats.ts';

t.test('device, name, and how many counters this kernel has', (t) => {
  const text = `\
   8       0 sda 1 2 3 4 5 6 7 8 9 10 11
 259  100000 nvme0n1 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15
 254       0 vda 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17
`;
  t.same(parseDiskstats(text), [
    { major: 8, minor: 0, name: 'sda', counterCount: 11 },
    { major: 259, minor: 100000, name: 'nvme0n1', counterCount: 15 },
    { major: 254, minor: 0, name: 'vda', counterCount: 17 },
  ]);
  t.end();
});

t.test('nothing else', (t) => {
  t.same(parseDiskstats(''), []);
  t.same(parseDiskstats('8 0\n\n'), []);
  t.end();
});
