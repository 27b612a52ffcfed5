import t from 'tap';
import { parseBlkioStat } from '../../../src/cgroup/v1/blkio-stat.ts';

t.test('counts by device and kind of operation', (t) => {
  const text = '7:0 Read 100\n7:0 Write 12\n7:0 Total 112\n8:16 Read 3\n8:16 Total 3\nTotal 115\n';
  t.same(
    [...parseBlkioStat(text)].map(([device, counts]) => [device, Object.fromEntries(counts)]),
    [
      ['7:0', { Read: 100, Write: 12, Total: 112 }],
      ['8:16', { Read: 3, Total: 3 }],
    ],
  );
  t.end();
});

t.test('a file of the wrong scheduler, an empty and a broken one', (t) => {
  for (const text of ['Total 0\n', '', '7:0\n', '7:0 Read\n', '7:0 Read x\n', '7:0 Read 12']) {
    t.equal(parseBlkioStat(text).size, 0, JSON.stringify(text));
  }
  t.end();
});
