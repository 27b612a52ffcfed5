/**
 * cost-probe.ts FIXTURE ROOT, started by cost.ts with room for the garbage of a whole measurement: takes each file of the container
 * of a captured tree, copied to ROOT, through dispatch, without a kernel, and prints as JSON what that cost.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { detectCgroupLayout } from '../../../src/cgroup/layout.ts';
import { Callers } from '../../../src/container/callers.ts';
import { Contents } from '../../../src/filesystem/contents.ts';
import { FileSystem } from '../../../src/filesystem/file-system.ts';
import { MirrorIds } from '../../../src/filesystem/mirror-ids.ts';
import { Mirror } from '../../../src/filesystem/mirror.ts';
import { FIXED_NODES } from '../../../src/filesystem/nodes.ts';
import { createSlotTable, OpenFiles } from '../../../src/filesystem/open-files.ts';
import { Tree } from '../../../src/filesystem/tree.ts';
import { Opcode, OUT_HEADER_SIZE } from '../../../src/fuse/abi.ts';
import { MAX_READ_BYTES } from '../../../src/fuse/init.ts';
import { Reply } from '../../../src/fuse/reply.ts';
import { Request } from '../../../src/fuse/request.ts';
import { HostFiles } from '../../../src/procfs/host-files.ts';
import { DescriptorPool } from '../../../src/procfs/kernel-file.ts';
import { dispatch } from '../../../src/server/dispatch.ts';
import { visibleCpus } from '../../../src/views/sys/devices/system/cpu/cpu-lists.ts';
import { views } from '../../../src/views/views.ts';
import { requestFrame } from '../../fuse/frames.ts';
import { FIXTURES } from '../../fixture.ts';
import type { Cost } from './cost.ts';

const WARM_UPS = 3000;
const OPERATIONS = 1000;
const MEASUREMENTS = 5;
const NEWS_MILLIS = 5;
const HOST = 'pid:[4026531836]';
const INSIDE = 'pid:[4026532999]';

const [, , fixture = '', root = ''] = process.argv;
/** When garbage was collected. */
const collectedAt: number[] = [];
new PerformanceObserver((list) => {
  for (const { startTime } of list.getEntries()) collectedAt.push(startTime);
}).observe({ entryTypes: ['gc'] });
async function main(): Promise<void> {
  const { fileSystem, pid } = fileSystemOf(fixture, root);
  const costs: Record<string, Cost> = {};
  for (const { path, id } of FIXED_NODES) {
    if (views.has(path)) costs[path] = await measure(operationOn(fileSystem, id, pid));
  }
  console.log(JSON.stringify(costs));
}

/** The smallest of some measurements in which no garbage was collected. */
async function measure(operate: () => void): Promise<Cost> {
  for (let count = 0; count < WARM_UPS; count++) operate();
  let [systemCalls, bytes] = [Infinity, Infinity];
  for (let measurement = 0; measurement < MEASUREMENTS; measurement++) {
    globalThis.gc?.();
    const [startedAt, callsBefore, bytesBefore] = [performance.now(), readsAndWrites(), allocated()];
    for (let count = 0; count < OPERATIONS; count++) operate();
    const [bytesAfter, callsAfter] = [allocated(), readsAndWrites()];
    await sleep(NEWS_MILLIS); // of collections
    if (collectedAt.some((at) => at >= startedAt)) continue;
    systemCalls = Math.min(systemCalls, Math.round((callsAfter - callsBefore) / OPERATIONS));
    bytes = Math.min(bytes, Math.round((bytesAfter - bytesBefore) / OPERATIONS));
  }
  if (bytes === Infinity) throw new Error('garbage was collected in each measurement');
  return { systemCalls, bytes };
}

/** Memory in V8's heap and outside of it that is in use, or garbage. */
function allocated(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** System calls like read and write that this thread has made: syscr and syscw. */
function readsAndWrites(): number {
  const text = readFileSync('/proc/thread-self/io', 'latin1');
  return Number(/^syscr: (\d+)$/m.exec(text)?.[1]) + Number(/^syscw: (\d+)$/m.exec(text)?.[1]);
}

/** Opens, reads, reads again at the end, and releases a file, as a reader's open, read, read and close do. */
function operationOn(fileSystem: FileSystem, node: number, pid: number): () => void {
  const reply = new Reply(MAX_READ_BYTES);
  const frame = (opcode: number, bodyBytes: number): Buffer => {
    const built = requestFrame(opcode, '00'.repeat(bodyBytes));
    built.writeUInt32LE(node, AT.node);
    built.writeUInt32LE(pid, AT.pid);
    return built;
  };
  const [open, read, release] = [frame(Opcode.OPEN, 8), frame(Opcode.READ, 40), frame(Opcode.RELEASE, 24)];
  read.writeUInt32LE(MAX_READ_BYTES, AT.size);
  read.writeUInt32LE(READ_LOCKOWNER, AT.readFlags);
  const exchange = (sent: Buffer): void => {
    dispatch(new Request(sent, sent.length), reply, fileSystem, rethrow);
    const error = reply.buffer.readInt32LE(4);
    if (error !== 0) throw new Error(`node ${node}: error ${error}`);
  };
  return () => {
    exchange(open);
    for (const sent of [read, release])
      reply.buffer.copy(sent, AT.handle, OUT_HEADER_SIZE, OUT_HEADER_SIZE + 8);
    read.writeUInt32LE(0, AT.offset);
    exchange(read);
    read.writeUInt32LE(reply.length - OUT_HEADER_SIZE, AT.offset);
    exchange(read);
    exchange(release);
  };
}

/** Where struct fuse_in_header, fuse_read_in and fuse_release_in have what differs. */
const AT = { node: 16, pid: 32, handle: 40, offset: 48, size: 56, readFlags: 60 };
const READ_LOCKOWNER = 2;

function rethrow(error: unknown): never {
  throw error;
}

/** The file system of a copy of the tree, whose one process is the init of a container. */
function fileSystemOf(tree: string, place: string): { fileSystem: FileSystem; pid: number } {
  cpSync(`${FIXTURES}/${tree}`, place, { recursive: true, verbatimSymlinks: true });
  const pid = readdirSync(`${place}/proc`).find((name) => /^\d+$/.test(name)) ?? '';
  const stateDirectory = `${place}/state`;
  for (const [process, namespace] of [
    ['self', HOST],
    [pid, INSIDE],
  ] as const) {
    mkdirSync(`${place}/proc/${process}/ns`, { recursive: true });
    symlinkSync(namespace, `${place}/proc/${process}/ns/pid`);
  }
  const status = `${place}/proc/${pid}/status`;
  writeFileSync(status, readFileSync(status, 'latin1').replace(/^NSpid:.*$/m, `NSpid:\t${pid}\t1`));
  mkdirSync(stateDirectory);
  const pool = new DescriptorPool(1000);
  const mirror = new Mirror(place);
  const contents = new Contents({
    callers: new Callers(place, detectCgroupLayout(place), pool),
    host: new HostFiles(place, pool),
    mirror,
    options: {
      disableSwap: false,
      disableZswap: false,
      enableLoadavg: true,
      enableCfs: true,
      deviceNames: 'host',
      cpuTopology: 'flat',
    },
    stateDirectory,
    views,
    containerCpus: visibleCpus,
    hostView: () => false,
    onFailure: (_, error) => rethrow(error),
  });
  const fileSystem = new FileSystem({
    tree: new Tree(place, new MirrorIds(`${stateDirectory}/nodes`)),
    mirror,
    contents,
    openFiles: new OpenFiles(`${stateDirectory}/open-files`, createSlotTable()),
  });
  return { fileSystem, pid: Number(pid) };
}

await main();
