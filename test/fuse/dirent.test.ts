import t from 'tap';
import { packEntries } from '../../src/fuse/dirent.ts';
import { hex } from './frames.ts';

const ENTRIES = [
  { name: '.', nodeId: 6, mode: 0o040555, position: 1 },
  { name: 'online', nodeId: 0x1_0000_0032, mode: 0o100444, position: 7 },
  { name: 'cpu0', nodeId: 9, mode: 0o120777, position: 0x10_0000 },
];

function packed(position: number, sizeBytes: number): string {
  const buffer = Buffer.alloc(4 + 512, 0xee);
  const size = packEntries(ENTRIES, position, buffer, 4, sizeBytes);
  t.equal(
    buffer.toString('hex', 4 + size, 4 + size + 8),
    'ee'.repeat(8),
    'nothing is written behind the end',
  );
  return buffer.toString('hex', 4, 4 + size);
}

const DOT = hex('06000000 00000000  01000000 00000000  01000000 04000000  2e00000000000000').toString('hex');
const ONLINE = hex('32000000 01000000  07000000 00000000  06000000 08000000  6f6e6c696e650000').toString(
  'hex',
);
const CPU0 = hex('09000000 00000000  00001000 00000000  04000000 0a000000  6370753000000000').toString('hex');

t.test('a whole listing', async (t) => {
  t.equal(packed(0, 512), DOT + ONLINE + CPU0);
});

t.test('entries that do not fit are left for the next time', async (t) => {
  t.equal(packed(0, 95), DOT + ONLINE);
  t.equal(packed(0, 31), '');
});

t.test('a listing goes on behind any position, whether its entry is still there or not', async (t) => {
  t.equal(packed(1, 512), ONLINE + CPU0);
  t.equal(packed(5, 512), ONLINE + CPU0);
  t.equal(packed(8, 512), CPU0);
  t.equal(packed(0x10_0000, 512), '', 'the end');
});
