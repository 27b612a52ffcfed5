import t from 'tap';
import { Opcode } from '../../src/fuse/abi.ts';
import { Reply, resendNotification } from '../../src/fuse/reply.ts';
import { Request } from '../../src/fuse/request.ts';
import { hex, requestFrame } from './frames.ts';

const frame = requestFrame(Opcode.GETATTR, '');
const request = new Request(frame, frame.length);
const attributes = { nodeId: 0x1_0000_0013, mode: 0o100444, sizeBytes: 4096, linkCount: 1 };
const NOW = 1_700_000_000; // 0x6553f100

const ATTR = `
  13000000 01000000 # ino
  00100000 00000000 # size
  08000000 00000000 # blocks
  00f15365 00000000 # atime
  00f15365 00000000 # mtime
  00f15365 00000000 # ctime
  00000000 00000000 00000000 # nanoseconds
  24810000          # mode 0100444
  01000000          # nlink
  00000000 00000000 # uid, gid
  00000000          # rdev
  00100000          # blksize
  00000000          # flags
`;

function sent(reply: Reply): string {
  return reply.buffer.toString('hex', 0, reply.length);
}

t.test('an error has a header alone', async (t) => {
  const reply = new Reply(256);
  reply.fail(request, 116);
  t.equal(sent(reply), hex('10000000 8cffffff efbeadde 78563412').toString('hex'));
});

t.test('unique keeps the mark of a resent request', async (t) => {
  const resent = Buffer.from(frame);
  resent.writeUInt32LE(0x8000_0001, 12);
  const reply = new Reply(256);
  reply.finish(new Request(resent, resent.length), 0);
  t.equal(sent(reply), hex('10000000 00000000 efbeadde 01000080').toString('hex'));
});

t.test('LOOKUP', async (t) => {
  const reply = new Reply(256);
  reply.buffer.fill(0xee);
  reply.finish(request, reply.entry(attributes, { entrySeconds: 3600, attributeSeconds: 1 }, NOW));
  const expected = hex(`
    90000000 00000000 efbeadde 78563412
    13000000 01000000 # nodeid
    00000000 00000000 # generation
    100e0000 00000000 # entry_valid
    01000000 00000000 # attr_valid
    00000000 00000000 # nanoseconds
    ${ATTR}`);
  t.equal(sent(reply), expected.toString('hex'));
});

t.test('GETATTR', async (t) => {
  const reply = new Reply(256);
  reply.buffer.fill(0xee);
  reply.finish(request, reply.attributes(attributes, { entrySeconds: 9, attributeSeconds: 0 }, NOW));
  const expected = hex(`
    78000000 00000000 efbeadde 78563412
    00000000 00000000 # attr_valid
    00000000 00000000 # nanoseconds, dummy
    ${ATTR}`);
  t.equal(sent(reply), expected.toString('hex'));
});

t.test('OPEN', async (t) => {
  const reply = new Reply(256);
  reply.buffer.fill(0xee);
  reply.finish(request, reply.open(0x1f_ffff_dead_beef, 1));
  const expected = hex('20000000 00000000 efbeadde 78563412 efbeadde ffff1f00 01000000 00000000');
  t.equal(sent(reply), expected.toString('hex'));
});

t.test('STATFS of a file system that holds nothing', async (t) => {
  const reply = new Reply(256);
  reply.buffer.fill(0xee);
  reply.finish(request, reply.statfs());
  const expected = hex(`
    60000000 00000000 efbeadde 78563412
    ${'00000000 00000000'.repeat(5)} # blocks, bfree, bavail, files, ffree
    00100000 ff000000 00100000 00000000 # bsize, namelen, frsize, padding
    ${'00000000'.repeat(6)}`);
  t.equal(sent(reply), expected.toString('hex'));
});

t.test('text', async (t) => {
  const reply = new Reply(8);
  reply.finish(request, reply.text('cpu\xe9\n'));
  t.equal(sent(reply), hex('15000000 00000000 efbeadde 78563412 637075e9 0a').toString('hex'));
  t.throws(() => reply.text('123456789'), RangeError);
});

t.test('the resend notification', async (t) => {
  t.equal(resendNotification().toString('hex'), hex('10000000 07000000 00000000 00000000').toString('hex'));
});
