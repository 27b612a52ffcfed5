import t from 'tap';
import { createSlotTable, OpenFiles } from '../../src/filesystem/open-files.ts';
import { Opcode } from '../../src/fuse/abi.ts';
import { Reply } from '../../src/fuse/reply.ts';
import { Request } from '../../src/fuse/request.ts';
import { prepareUndo } from '../../src/server/answer-again.ts';
import { requestFrame } from '../fuse/frames.ts';

const HEADER = 16;

function request(opcode: number, body: string): Request {
  const frame = requestFrame(opcode, body);
  return new Request(frame, frame.length);
}

function readOf(handle: number): Request {
  const fh = Buffer.alloc(8);
  fh.writeBigUInt64LE(BigInt(handle));
  return request(Opcode.READ, `${fh.toString('hex')} 0000000000000000 00100000 02000000`);
}

t.test('a reader that was answered before gets the rest of the text that it has begun', async (t) => {
  const files = new OpenFiles(`${t.testdir()}/open-files`, createSlotTable());
  const reply = new Reply(4096);
  const rest = (handle: number): string | undefined => {
    const count = files.load(handle, 4, 4096, reply.buffer);
    return count === undefined ? undefined : reply.buffer.toString('latin1', HEADER, HEADER + count);
  };
  const handle = files.open();
  const fresh = files.open();
  files.store(handle, 'cpu 1 2 3\n', 0, 4, reply.buffer);
  const undo = [handle, fresh].map((each) => prepareUndo(readOf(each), reply, files));
  for (const each of [handle, fresh]) files.store(each, 'cpu 10 20 30\n', 0, 4, reply.buffer);
  t.equal(rest(handle), '10 20 30\n');
  for (const each of undo) each();
  t.equal(rest(handle), '1 2 3\n');
  t.equal(rest(fresh), undefined, 'no text was kept before');
});

t.test('a handle that nobody has heard of is released', async (t) => {
  const files = new OpenFiles(`${t.testdir()}/open-files`, createSlotTable());
  const reply = new Reply(4096);
  const open = request(Opcode.OPEN, '00000000 00000000');
  const undo = prepareUndo(open, reply, files);
  const handle = files.open();
  reply.finish(open, reply.open(handle, 0));
  files.store(handle, 'text\n', 0, 4096, Buffer.alloc(4096));
  undo();
  t.equal(files.load(handle, 0, 5, Buffer.alloc(64)), undefined);
});

t.test(
  'a failed open, a read that is too short, a handle out of range, another operation: nothing happens',
  async (t) => {
    const files = new OpenFiles(`${t.testdir()}/open-files`, createSlotTable());
    const reply = new Reply(4096);
    const handle = files.open();
    files.store(handle, 'text\n', 0, 4096, Buffer.alloc(4096));
    reply.open(handle, 0); // left by the reply before
    const requests = [
      request(Opcode.OPEN, '00000000 00000000'),
      request(Opcode.READ, '00'),
      request(Opcode.READ, 'ffffffffffffffff 0000000000000000 00100000 02000000'),
      request(Opcode.GETATTR, ''),
    ];
    for (const each of requests) {
      const undo = prepareUndo(each, reply, files);
      reply.fail(each, 2);
      undo();
    }
    t.equal(files.load(handle, 0, 5, Buffer.alloc(64)), 5);
  },
);
