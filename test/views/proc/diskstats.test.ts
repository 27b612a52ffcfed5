import t from 'tap';
import type { DiskCounters } from '../../../src/cgroup/io.ts';
import { parseDiskstats } from '../../../src/procfs/diskstats.ts';
import { renderDiskstats } from '../../../src/views/proc/diskstats.ts';
import { Random } from '../../random.ts';

const all: DiskCounters = {
  reads: { count: 1, merged: 2, bytes: 3 * 512, millis: 4 },
  writes: { count: 5, merged: 6, bytes: 7 * 512 + 511, millis: 8 },
  discards: { count: 12, merged: 13, bytes: 14 * 512, millis: 15 },
  busyMillis: 10,
};

t.test('as many counters as the host has, in its layout', (t) => {
  const host = parseDiskstats(`\
   8       0 sda 9 9 9 9 9 9 9 9 9 9 9
   8       1 sda1 9 9 9 9 9 9 9 9 9 9 9
   8      16 sdb 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9
 259  100000 nvme0n1 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9
`);
  const disks = new Map([
    ['259:100000', { name: 'vdb', counters: { reads: { count: 1 }, writes: {}, discards: {} } }],
    ['8:0', { name: 'sda', counters: all }],
    ['8:16', { name: 'sdb', counters: all }],
    ['7:0', { name: 'gone', counters: all }],
  ]);
  t.equal(
    renderDiskstats({ host, disks }),
    `\
   8       0 sda 1 2 3 4 5 6 7 8 0 10 0
   8      16 sdb 1 2 3 4 5 6 7 8 0 10 0 12 13 14 15
 259  100000 vdb 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
`,
  );
  t.end();
});

t.test('whole numbers that are not negative, for any counters', (t) => {
  const random = new Random(3);
  const any = (): number | undefined =>
    random.below(10) < 2 ? undefined : Math.floor(2 ** (random.below(5300) / 100));
  const operation = () => ({ count: any(), bytes: any(), merged: any(), millis: any() });
  for (let round = 0; round < 5000; round++) {
    const counterCount = [11, 15, 17][round % 3] ?? 11;
    const counters = { reads: operation(), writes: operation(), discards: operation(), busyMillis: any() };
    const text = renderDiskstats({
      host: [{ major: 8, minor: 0, name: 'sda', counterCount }],
      disks: new Map([['8:0', { name: 'sda', counters }]]),
    });
    const isLine = new RegExp(`^   8       0 sda( \\d+){${counterCount}}\\n$`).test(text);
    if (!isLine) t.fail(`round ${round}`, { counters, text });
  }
  t.pass('5000 rounds');
  t.end();
});
