import t, { type Test } from 'tap';
import { Contents } from '../../src/filesystem/contents.ts';
import { FileSystem } from '../../src/filesystem/file-system.ts';
import { MirrorIds } from '../../src/filesystem/mirror-ids.ts';
import { Mirror } from '../../src/filesystem/mirror.ts';
import { createSlotTable, OpenFiles, recoverSlots } from '../../src/filesystem/open-files.ts';
import { Tree } from '../../src/filesystem/tree.ts';
import { Opcode } from '../../src/fuse/abi.ts';
import { MAX_READ_BYTES, REQUEST_BUFFER_BYTES } from '../../src/fuse/init.ts';
import { Reply } from '../../src/fuse/reply.ts';
import { FrameError, Request } from '../../src/fuse/request.ts';
import { HostFiles } from '../../src/procfs/host-files.ts';
import { DescriptorPool } from '../../src/procfs/kernel-file.ts';
import { dispatch } from '../../src/server/dispatch.ts';
import { requestFrame } from '../fuse/frames.ts';
import { Random } from '../random.ts';

const MEMINFO = 'MemTotal:       24684092 kB\nMemFree:        23734708 kB\n';
const CPU_DIRECTORY = 6;
const MEMINFO_NODE = 19;

/** A file system over a small tree, for callers that are in no container. */
function fileSystemOf(t: Test): FileSystem {
  const root = t.testdir({
    proc: { meminfo: MEMINFO, uptime: '1.00 2.00\n', pressure: { cpu: '' } },
    sys: {
      devices: {
        system: {
          cpu: { cpu0: { topology: { core_id: '0\n' } }, cpu1: {}, online: '0-1\n', smt: { active: '0\n' } },
        },
      },
    },
    state: {},
  });
  const pool = new DescriptorPool(64);
  const mirror = new Mirror(root);
  const slotTable = createSlotTable();
  recoverSlots(`${root}/state/open-files`, slotTable);
  return new FileSystem({
    tree: new Tree(root, new MirrorIds(`${root}/state/nodes`)),
    mirror,
    contents: new Contents({
      callers: { containerOf: () => undefined },
      host: new HostFiles(root, pool),
      mirror,
      options: {
        disableSwap: false,
        disableZswap: false,
        enableLoadavg: false,
        enableCfs: false,
        deviceNames: 'host',
        cpuTopology: 'flat',
      },
      stateDirectory: `${root}/state`,
      views: new Map(),
      containerCpus: () => undefined,
      hostView: () => false,
      onFailure: (_, error) => {
        throw error;
      },
    }),
    openFiles: new OpenFiles(`${root}/state/open-files`, slotTable),
  });
}

/** Sends one frame through a file system; returns the error and the payload of the reply, or undefined for none. */
function exchange(
  fileSystem: FileSystem,
  frame: Buffer,
  unexpected: unknown[] = [],
): { error: number; payload: Buffer } | undefined {
  const reply = new Reply(MAX_READ_BYTES);
  const outcome = dispatch(new Request(frame, frame.length), reply, fileSystem, (error) =>
    unexpected.push(error),
  );
  if (outcome === 'no-reply') return undefined;
  t.equal(reply.buffer.readUInt32LE(0), reply.length, 'the header says how long the reply is');
  return { error: -reply.buffer.readInt32LE(4), payload: reply.buffer.subarray(16, reply.length) };
}

function nodeBytes(id: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(id));
  return bytes.toString('hex');
}

/** `flags` 2: a process reads; 0: the kernel, for the page cache. */
function readBody(handle: Buffer, offset: number, size: number, flags = 2): string {
  const body = Buffer.alloc(40);
  handle.copy(body, 0, 0, 8);
  body.writeBigUInt64LE(BigInt(offset), 8);
  body.writeUInt32LE(size, 16);
  body.writeUInt32LE(flags, 20);
  return body.toString('hex');
}

t.test('open, read in pieces, release', async (t) => {
  const fileSystem = fileSystemOf(t);
  const node = nodeBytes(MEMINFO_NODE);
  const opened = exchange(fileSystem, requestFrame(Opcode.OPEN, '00'.repeat(8), node));
  t.equal(opened?.error, 0);
  t.equal(opened?.payload.readUInt32LE(8), 1, 'direct I/O');
  const handle = opened?.payload ?? Buffer.alloc(8);
  const read = (offset: number, size: number): string | undefined =>
    exchange(fileSystem, requestFrame(Opcode.READ, readBody(handle, offset, size), node))?.payload.toString();
  t.equal(read(0, 4096), MEMINFO);
  t.equal(read(MEMINFO.length, 4096), '', 'the end');
  t.equal(read(5, 3), MEMINFO.slice(5, 8));
  t.equal(read(1e6, 3), '', 'beyond the end');
  t.equal(read(2 ** 62, 3), '', 'beyond any number');
  t.equal(
    exchange(fileSystem, requestFrame(Opcode.READ, readBody(handle, 0, 4096, 0), node))?.error,
    22,
    'nothing for the page cache',
  );
  t.equal(
    exchange(
      fileSystem,
      requestFrame(Opcode.RELEASE, `${handle.toString('hex', 0, 8)}${'00'.repeat(16)}`, node),
    )?.error,
    0,
  );
});

t.test('a file whose first read is far beyond its end', async (t) => {
  const fileSystem = fileSystemOf(t);
  const node = nodeBytes(MEMINFO_NODE);
  const handle =
    exchange(fileSystem, requestFrame(Opcode.OPEN, '00'.repeat(8), node))?.payload ?? Buffer.alloc(8);
  for (const offset of [1e9, 2 ** 62]) {
    const found = exchange(fileSystem, requestFrame(Opcode.READ, readBody(handle, offset, 10), node));
    t.match(found, { error: 0, payload: Buffer.alloc(0) });
  }
});

t.test('errors', async (t) => {
  const fileSystem = fileSystemOf(t);
  const cases: [string, number, string, number, number][] = [
    ['write to a proc file', Opcode.WRITE, '00'.repeat(40), MEMINFO_NODE, 22],
    ['a name that is not there', Opcode.LOOKUP, '6e6f00', 2, 2],
    [
      'a proc file that the host does not have',
      Opcode.LOOKUP,
      `${Buffer.from('slabinfo').toString('hex')}00`,
      2,
      2,
    ],
    ['way out of the mirror', Opcode.LOOKUP, '2e2e00', CPU_DIRECTORY, 2],
    ['create', Opcode.CREATE, '00'.repeat(16), 2, 30],
    ['chmod', Opcode.SETATTR, `01000000${'00'.repeat(84)}`, MEMINFO_NODE, 1],
    ['open a proc file to truncate it', Opcode.SETATTR, `08000000${'00'.repeat(84)}`, MEMINFO_NODE, 0],
    ['ftruncate of a proc file', Opcode.SETATTR, `48000000${'00'.repeat(84)}`, MEMINFO_NODE, 1],
    [
      'truncate a proc file to a byte',
      Opcode.SETATTR,
      `08000000${'00'.repeat(12)}01${'00'.repeat(71)}`,
      MEMINFO_NODE,
      1,
    ],
    ['open a directory as a file', Opcode.OPEN, '00'.repeat(8), CPU_DIRECTORY, 21],
    ['list a file', Opcode.OPENDIR, '00'.repeat(8), MEMINFO_NODE, 20],
    ['a node that was never given out', Opcode.GETATTR, '00'.repeat(16), 4711, 116],
    ['access for writing', Opcode.ACCESS, '0200000000000000', MEMINFO_NODE, 13],
    ['access for reading', Opcode.ACCESS, '0400000000000000', MEMINFO_NODE, 0],
    ['ioctl', Opcode.IOCTL, '00'.repeat(32), MEMINFO_NODE, 25],
    ['an operation that does not exist', 4000, '', MEMINFO_NODE, 38],
    ['a structure cut short', Opcode.READ, '00', MEMINFO_NODE, 22],
  ];
  for (const [what, opcode, body, node, errno] of cases) {
    t.equal(exchange(fileSystem, requestFrame(opcode, body, nodeBytes(node)))?.error, errno, what);
  }
  t.equal(
    exchange(fileSystem, requestFrame(Opcode.FORGET, '00'.repeat(8))),
    undefined,
    'FORGET has no reply',
  );
});

t.test(
  '100,000 frames of garbage: an errno each, and never a look behind the frame',
  { timeout: 120_000 },
  async (t) => {
    const fileSystem = fileSystemOf(t);
    const random = new Random(20_261_121);
    const buffer = Buffer.alloc(REQUEST_BUFFER_BYTES);
    const replies = [new Reply(MAX_READ_BYTES), new Reply(MAX_READ_BYTES)] as const;
    const unexpected: unknown[] = [];
    const seen = { refused: 0, answered: 0, failed: 0, silent: 0 };
    const names = [
      Buffer.from('cpu0\0'),
      Buffer.from('online\0'),
      Buffer.from('proc\0'),
      random.bytes(300),
    ] as const;
    for (let count = 0; count < 100_000; count++) {
      const frame = randomFrame(random, names);
      const outcomes = replies.map((reply, turn) => {
        // The same frame before two different rests of the buffer: whoever reads on there gives two answers.
        buffer.fill(turn === 0 ? 0 : 0xa5);
        frame.copy(buffer);
        try {
          const outcome = dispatch(new Request(buffer, frame.length), reply, fileSystem, (error) =>
            unexpected.push(error),
          );
          return outcome === 'no-reply' ? 'silent' : reply.buffer.toString('hex', 0, 8);
        } catch (error) {
          if (error instanceof FrameError) return 'refused';
          throw error;
        }
      });
      const [outcome = '', again] = outcomes;
      if (outcome !== again) t.fail('the answer depends on what is behind the frame', { frame, outcomes });
      if (outcome === 'refused' || outcome === 'silent') seen[outcome]++;
      else {
        const [reply] = replies;
        const error = reply.buffer.readInt32LE(4);
        if (reply.length < 16 || error > 0 || error < -133)
          t.fail('no reply that the kernel takes', { frame, error });
        seen[error === 0 ? 'answered' : 'failed']++;
      }
    }
    t.same(unexpected, [], 'every failure is one that was foreseen');
    for (const [kind, number] of Object.entries(seen)) t.ok(number > 100, `${number} ${kind}`);
  },
);

/** A frame that may be right, or cut, or too long, or wrong in any part. */
function randomFrame(random: Random, names: readonly [Buffer, ...Buffer[]]): Buffer {
  const opcode = random.below(10) === 0 ? random.below(2 ** 32) : random.below(54);
  const body = random.below(2) === 0 ? random.pick(names) : random.bytes(random.below(100));
  if (random.below(2) === 0) body.fill(0, 0, Math.min(8, body.length));
  const node = random.below(4) === 0 ? random.bytes(8).toString('hex') : nodeBytes(1 + random.below(56));
  const frame = requestFrame(opcode, body.toString('hex'), node);
  switch (random.below(8)) {
    case 0:
      return frame.subarray(0, random.below(frame.length + 1));
    case 1:
      frame.writeUInt32LE(random.below(2 ** 32), 0);
      return frame;
    default:
      return frame;
  }
}
