import { parentPort, workerData } from 'node:worker_threads';
import { DeviceChannel } from '../fuse/channel.ts';
import { MAX_READ_BYTES } from '../fuse/init.ts';
import { Reply } from '../fuse/reply.ts';
import { assemble } from './assemble.ts';
import { Control } from './control.ts';
import { dispatch } from './dispatch.ts';
import { type Log, RateLimit } from './log.ts';
import { FUSE_FD, type ServerConfig } from './protocol.ts';

/** What the main thread starts a reader thread with. */
export interface ReaderData {
  readonly config: ServerConfig;
  readonly control: SharedArrayBuffer;
  readonly slotTable: SharedArrayBuffer;
  /** Kept descriptors that this thread may have at most. */
  readonly maxDescriptors: number;
}

/** What a reader thread posts to the main thread: log records, and how far it is. */
export type ReaderMessage =
  | { readonly kind: 'loaded' }
  /** Ended at a request boundary, or since the mount is gone. */
  | { readonly kind: 'done'; readonly unmounted: boolean }
  | { readonly kind: 'log'; readonly record: Parameters<Log> };

/** One reader thread: takes a request, carries it out, answers, and again; nothing on this path is asynchronous. */
function main(data: ReaderData): void {
  const log: Log = (...record) => post({ kind: 'log', record });
  const control = new Control(data.control);
  const limited = new RateLimit(log);
  const fileSystem = assemble(data, control, (path, error) => limited.warn(`cannot render ${path}`, error));
  post({ kind: 'loaded' });
  control.waitForGo();

  const channel = new DeviceChannel(FUSE_FD);
  const reply = new Reply(MAX_READ_BYTES);
  const onUnexpected = (error: unknown, opcode: number): void =>
    limited.warn(`operation ${opcode} failed`, error);
  while (!control.stopping) {
    const request = channel.receive();
    if (request === undefined) {
      post({ kind: 'done', unmounted: true });
      return;
    }
    const outcome = dispatch(request, reply, fileSystem, onUnexpected);
    if (data.config.trace) {
      log('debug', 'request', { operation: request.opcode, node: request.nodeId, pid: request.pid, outcome });
    }
    if (outcome === 'reply') channel.send(reply);
  }
  post({ kind: 'done', unmounted: false });
}

function post(message: ReaderMessage): void {
  parentPort?.postMessage(message);
}

const data: ReaderData = workerData;
main(data);
