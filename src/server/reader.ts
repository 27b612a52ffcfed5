import { parentPort, workerData } from 'node:worker_threads';
import { Opcode } from '../fuse/abi.ts';
import { type Channel, DeviceChannel } from '../fuse/channel.ts';
import { MAX_READ_BYTES } from '../fuse/init.ts';
import { Reply } from '../fuse/reply.ts';
import type { Request } from '../fuse/request.ts';
import { answerAgain } from './answer-again.ts';
import { assemble } from './assemble.ts';
import { Control } from './control.ts';
import { dispatch } from './dispatch.ts';
import { Journal } from './journal.ts';
import { takeOver } from './take-over.ts';
import { type Log, RateLimit } from './log.ts';
import { FUSE_FD, type ServerConfig } from './protocol.ts';

/** What the main thread starts a reader thread with. */
export interface ReaderData {
  readonly config: ServerConfig;
  /** Number of this thread, from 0 on. */
  readonly index: number;
  /** How many threads there can be at most. */
  readonly threads: number;
  readonly control: SharedArrayBuffer;
  readonly slotTable: SharedArrayBuffer;
  /** Whether the server is still to show that it can serve. */
  readonly isTrial: boolean;
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
  const { config, index } = data;
  const log: Log = (...record) => post({ kind: 'log', record });
  const control = new Control(data.control);
  const limited = new RateLimit(log);
  const fileSystem = assemble(data, control, {
    onFailure: (path, error) => limited.warn(`cannot render ${path}`, error),
    onSlow: (path, millis) => limited.warn('slow kernel file', `${path}: ${Math.round(millis)} ms`),
  });
  const onUnexpected = (error: unknown, opcode: number): void =>
    limited.warn(`operation ${opcode} failed`, error);
  const channel: Channel = new DeviceChannel(FUSE_FD);
  const reply = new Reply(MAX_READ_BYTES);
  const answer = (request: Request): boolean => {
    const outcome = dispatch(request, reply, fileSystem, onUnexpected);
    if (config.trace) log('debug', 'request', traceOf(request, outcome === 'reply' ? reply : undefined));
    return outcome === 'reply' && channel.send(reply);
  };
  const answerLeft = (request: Request): void => answerAgain(request, reply, fileSystem, answer);
  post({ kind: 'loaded' });

  control.waitForGo(index);
  const journal = config.canResend
    ? undefined
    : new Journal(config.stateDirectory, process.pid, data.threads);
  if (journal !== undefined) {
    journal.left(index).forEach(answerLeft);
    journal.end(index);
  }
  if (!control.open) {
    // This thread is the first, and all others wait for it.
    if (journal !== undefined)
      log('info', 'took over', { ...takeOver(config.stateDirectory, journal, channel, answerLeft) });
    control.letAllGo();
  }
  while (!control.stopping) {
    const request = channel.receive();
    if (request === undefined) return post({ kind: 'done', unmounted: true });
    control.enter(index, request.nodeId);
    if (journal === undefined) {
      answer(request);
    } else {
      journal.begin(index, request);
      if (request.opcode === Opcode.INTERRUPT) journal.onInterrupt(request, channel);
      else answer(request);
      journal.end(index);
    }
    control.leave(index);
  }
  post({ kind: 'done', unmounted: false });
}

function traceOf(request: Request, reply: Reply | undefined): Record<string, number | undefined> {
  return {
    opcode: request.opcode,
    node: request.nodeId,
    pid: request.pid,
    uid: request.uid,
    error: reply?.buffer.readInt32LE(4),
    replyBytes: reply?.length,
  };
}

function post(message: ReaderMessage): void {
  parentPort?.postMessage(message);
}

const data: ReaderData = workerData;
main(data);
