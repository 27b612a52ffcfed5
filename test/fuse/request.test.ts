import t from 'tap';
import { Opcode } from '../../src/fuse/abi.ts';
import { RequestError } from '../../src/fuse/errno.ts';
import { FrameError, Request } from '../../src/fuse/request.ts';
import { hex, requestFrame } from './frames.ts';

const READ_BODY = `
  0df0ad0b 01000000 # fh 0x10badf00d
  00100000 00000000 # offset 4096
  00000200          # size 131072
  00000000          # read_flags
  00000000 00000000 # lock_owner
  00000000 00000000 # flags, padding
`;

t.test('header and structure of a READ', async (t) => {
  const frame = requestFrame(Opcode.READ, READ_BODY, '2a00000001000000');
  const request = new Request(frame, frame.length);
  t.equal(request.opcode, 15);
  t.equal(request.nodeId, 0x1_0000_002a);
  t.equal(request.uid, 1000);
  t.equal(request.pid, 1234);
  t.equal(request.uint64(0), 0x1_0bad_f00d);
  t.equal(request.uint64(8), 4096);
  t.equal(request.uint32(16), 131_072);
});

t.test('an id that this server cannot have given out is no number', async (t) => {
  const frame = requestFrame(Opcode.GETATTR, '', 'ffffffffffffffff');
  t.ok(Number.isNaN(new Request(frame, frame.length).nodeId));
  const edge = requestFrame(Opcode.GETATTR, '', 'ffffffffffff1f00');
  t.equal(new Request(edge, edge.length).nodeId, Number.MAX_SAFE_INTEGER);
});

t.test('names', async (t) => {
  const cases: [string, string, string | undefined][] = [
    ['a name', '6d656d696e666f 00', 'meminfo'],
    ['bytes that are no UTF-8', 'ff80c3 00', '\xff\x80\xc3'],
    ['without an end', '6d656d', undefined],
    ['empty', '00', undefined],
    ['nothing at all', '', undefined],
    ['with a slash', '2e2e2f78 00', undefined],
  ];
  for (const [what, body, expected] of cases) {
    const frame = requestFrame(Opcode.LOOKUP, body);
    // What lies behind the frame in the buffer, an old request's NUL for one, must not be taken for its end.
    const request = new Request(Buffer.concat([frame, Buffer.alloc(16)]), frame.length);
    if (expected === undefined) t.throws(() => request.name(0), RequestError, what);
    else t.equal(request.name(0), expected, what);
  }
});

t.test('messages that are no requests', async (t) => {
  const whole = requestFrame(Opcode.GETATTR, '');
  t.throws(() => new Request(whole, 39), FrameError, 'shorter than a header');
  t.throws(() => new Request(whole, 0), FrameError, 'empty');
  t.throws(() => new Request(whole, whole.length + 1), FrameError, 'longer than the buffer');
  const cut = requestFrame(Opcode.READ, READ_BODY);
  t.throws(() => new Request(cut, cut.length - 1), { message: 'request of 79 bytes says that it has 80' });
  t.throws(() => new Request(hex('ffffffff'.repeat(10)), 40), FrameError, 'absurd length');
});

t.test('a structure that is too short is EINVAL, not the bytes behind it', async (t) => {
  const frame = requestFrame(Opcode.READ, '0df0ad0b 01000000');
  const request = new Request(Buffer.concat([frame, Buffer.alloc(64, 0xaa)]), frame.length);
  t.equal(request.uint64(0), 0x1_0bad_f00d);
  t.throws(() => request.uint64(8), { message: 'EINVAL: operation 15 of 48 bytes is too short' });
  t.throws(() => request.uint32(6), { message: 'EINVAL: operation 15 of 48 bytes is too short' });
  t.throws(() => request.name(8), { message: 'EINVAL: operation 15 of 48 bytes is too short' });
});
