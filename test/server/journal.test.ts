import { readdirSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { Opcode } from '../../src/fuse/abi.ts';
import type { Channel } from '../../src/fuse/channel.ts';
import { REQUEST_BUFFER_BYTES } from '../../src/fuse/init.ts';
import { Request } from '../../src/fuse/request.ts';
import { Journal, readJournals, removeJournals } from '../../src/server/journal.ts';
import { takeOver } from '../../src/server/take-over.ts';
import { requestFrame } from '../fuse/frames.ts';

const DEAD_PID = 4711;
const OWN_PID = 4712;

function request(opcode: number, unique: bigint, body = ''): Request {
  const frame = requestFrame(opcode, body);
  frame.writeBigUInt64LE(unique, 8);
  return new Request(frame, frame.length);
}

/** A channel that takes messages for the requests in `waiting` alone, as the kernel does. */
function channelTo(waiting: Set<bigint>): Channel & { readonly sent: Map<bigint, number> } {
  const sent = new Map<bigint, number>();
  return {
    sent,
    receive: () => undefined,
    send: ({ buffer, length }) => {
      t.equal(buffer.readUInt32LE(0), length);
      const unique = buffer.readBigUInt64LE(8);
      if (!waiting.delete(unique)) return false;
      sent.set(unique, buffer.readInt32LE(4));
      return true;
    },
  };
}

t.test('what a dead server left is found, until its file is removed', async (t) => {
  const directory = t.testdir();
  const dead = new Journal(directory, DEAD_PID, 3);
  dead.begin(0, request(Opcode.LOOKUP, 100n, '6d656d696e666f00'));
  dead.begin(1, request(Opcode.GETATTR, 90n));
  dead.end(1);
  const own = new Journal(directory, OWN_PID, 3);
  own.begin(0, request(Opcode.GETATTR, 1n));

  const { unanswered, lastSeen } = readJournals(directory, OWN_PID);
  t.same(
    unanswered.map((each) => [each.opcode, each.buffer.readBigUInt64LE(8), each.name(0)]),
    [[Opcode.LOOKUP, 100n, 'meminfo']],
  );
  t.equal(lastSeen, 100n);
  t.same(readJournals(directory, OWN_PID).unanswered.length, 1, 'it is there until it is done');
  removeJournals(directory, OWN_PID);
  t.same(readdirSync(directory), [`journal-${OWN_PID}`]);
});

t.test('nothing left, and garbage', async (t) => {
  const directory = t.testdir();
  t.same(readJournals(directory, OWN_PID), { unanswered: [], lastSeen: undefined });
  writeFileSync(`${directory}/journal-1`, Buffer.alloc(REQUEST_BUFFER_BYTES + 7, 0xff));
  writeFileSync(`${directory}/journal-2`, 'short');
  t.same(readJournals(directory, OWN_PID).unanswered, []);
});

t.test('a successor answers what was written down, and sets free what was not', async (t) => {
  const directory = t.testdir();
  new Journal(directory, DEAD_PID, 1).begin(0, request(Opcode.GETATTR, 1000n));
  // 1002 was taken and lost; 5000 is still to come.
  const channel = channelTo(new Set([1000n, 1002n, 5000n]));
  const answered: bigint[] = [];
  const journal = new Journal(directory, process.pid, 2);
  const taken = takeOver(directory, journal, channel, ({ buffer, length }) => {
    const unique = buffer.readBigUInt64LE(8);
    answered.push(unique);
    const reply = Buffer.alloc(16);
    reply.writeUInt32LE(16, 0);
    reply.writeBigUInt64LE(unique, 8);
    channel.send({ buffer: reply, length: 16 });
    t.ok(length >= 40);
  });
  t.same(answered, [1000n]);
  t.same(taken, { answered: 1, interrupted: 1 });
  t.same(
    [...channel.sent],
    [
      [1000n, 0],
      [1002n, -4],
    ],
  );
});

t.test('a server that is killed before its first request tells its successor where to look', async (t) => {
  const directory = t.testdir();
  const dead = new Journal(directory, DEAD_PID, 2);
  dead.begin(0, request(Opcode.GETATTR, 90_000n));
  dead.end(0);
  const own = new Journal(directory, process.pid, 2);
  takeOver(directory, own, channelTo(new Set()), () => undefined);
  t.same(readdirSync(directory), [`journal-${process.pid}`]);
  const { unanswered, lastSeen } = readJournals(directory, OWN_PID);
  t.same(unanswered, []);
  t.equal(lastSeen, 90_000n);
  own.begin(0, request(Opcode.GETATTR, 90_100n));
  t.equal(readJournals(directory, OWN_PID).lastSeen, 90_100n);
});

t.test('the very first server tells, too', async (t) => {
  const directory = t.testdir();
  takeOver(directory, new Journal(directory, process.pid, 2), channelTo(new Set()), () => undefined);
  t.equal(readJournals(directory, OWN_PID).lastSeen, 2n);
});

t.test('an interrupt ends a request that no thread works on', async (t) => {
  const directory = t.testdir();
  const journal = new Journal(directory, OWN_PID, 2);
  journal.begin(1, request(Opcode.READ, 20n, '00'.repeat(40)));
  const channel = channelTo(new Set([20n, 30n]));
  journal.onInterrupt(request(Opcode.INTERRUPT, 21n, '1400000000000000'), channel);
  t.same([...channel.sent], [], 'a thread is at it');
  journal.onInterrupt(request(Opcode.INTERRUPT, 31n, '1e00000000000000'), channel);
  t.same([...channel.sent], [[30n, -4]], 'nobody is');
});

t.test('the request of a thread that died is left to the next one in its place', async (t) => {
  const journal = new Journal(t.testdir(), OWN_PID, 2);
  t.same(journal.left(1), []);
  journal.begin(1, request(Opcode.GETATTR, 20n));
  t.same(
    journal.left(1).map((each) => each.opcode),
    [Opcode.GETATTR],
  );
  journal.end(1);
  t.same(journal.left(1), []);
});
