import t from 'tap';
import { Opcode } from '../../src/fuse/abi.ts';
import { negotiate } from '../../src/fuse/init.ts';
import { FrameError, Request } from '../../src/fuse/request.ts';
import { hex, requestFrame } from './frames.ts';

function init(major: number, minor: number, flags: number, flags2: number): Request {
  const frame = requestFrame(Opcode.INIT, '00'.repeat(64));
  frame.writeUInt32LE(major, 40);
  frame.writeUInt32LE(minor, 44);
  frame.writeUInt32LE(0x20000, 48);
  frame.writeUInt32LE(flags, 52);
  frame.writeUInt32LE(flags2, 56);
  return new Request(frame, frame.length);
}

t.test('what this kernel offers and what is taken of it', async (t) => {
  const { reply, session } = negotiate(init(7, 45, 0x73fffffb, 0x80));
  t.same(session, { protocol: '7.45', canResend: true });
  const expected = hex(`
    50000000 00000000 efbeadde 78563412
    07000000 26000000 # 7.38
    00000200          # max_readahead
    01000400          # ASYNC_READ, PARALLEL_DIROPS
    4000 3000         # max_background, congestion_threshold
    00100000          # max_write
    01000000          # time_gran
    ${'00000000'.repeat(9)}`);
  t.equal(reply.toString('hex'), expected.toString('hex'));
});

t.test('nothing is taken that was not offered', async (t) => {
  const { reply } = negotiate(init(7, 31, 0x9, 0));
  t.equal(reply.readUInt32LE(16 + 12), 0x1);
});

t.test('resending', async (t) => {
  t.equal(negotiate(init(7, 36, 0x40000000, 0)).session.canResend, false, 'kernel 6.1');
  t.equal(
    negotiate(init(7, 31, 0x3fffffff, 0x80)).session.canResend,
    false,
    'flags2 without INIT_EXT mean nothing',
  );
});

t.test('kernels and messages that are not understood', async (t) => {
  t.throws(() => negotiate(init(8, 0, 0, 0)), { message: 'kernel speaks FUSE 8.0, expected 7.23 or later' });
  t.throws(() => negotiate(init(7, 22, 0, 0)), FrameError);
  const other = requestFrame(Opcode.GETATTR, '');
  t.throws(() => negotiate(new Request(other, other.length)), {
    message: 'expected FUSE_INIT, found operation 3',
  });
});
