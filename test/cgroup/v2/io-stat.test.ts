import t from 'tap';
import { parseIoStat } from '../../../src/cgroup/v2/io-stat.ts';

t.test('one line per disk', (t) => {
  const text =
    '254:0 rbytes=8192 wbytes=4096 rios=2 wios=1 dbytes=512 dios=3\n' +
    '8:16 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6 cost.usage=7 cost.vrate=100.00\n';
  t.same(Object.fromEntries(parseIoStat(text)), {
    '254:0': {
      reads: { count: 2, bytes: 8192 },
      writes: { count: 1, bytes: 4096 },
      discards: { count: 3, bytes: 512 },
    },
    '8:16': {
      reads: { count: 3, bytes: 1 },
      writes: { count: 4, bytes: 2 },
      discards: { count: 6, bytes: 5 },
    },
  });
  t.end();
});

t.test('disks without counters are left out, with or without the newline behind them', (t) => {
  t.same([...parseIoStat('7:7 \n7:6 \n7:0 rios=1\n').keys()], ['7:0']);
  t.same([...parseIoStat('7:7 7:6 7:0 rios=1 8:0 ').keys()], ['7:0']);
  t.same([...parseIoStat('').keys()], []);
  t.end();
});

t.test('a counter that is no number is unknown, not 0', (t) => {
  t.same(parseIoStat('8:0 rbytes= wbytes=abc rios=-1 wios=3\n').get('8:0'), {
    reads: { count: undefined, bytes: undefined },
    writes: { count: 3, bytes: undefined },
    discards: { count: undefined, bytes: undefined },
  });
  t.end();
});
