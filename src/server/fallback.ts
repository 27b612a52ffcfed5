import { read } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Contents } from '../filesystem/contents.ts';
import { FileSystem } from '../filesystem/file-system.ts';
import { MirrorIds } from '../filesystem/mirror-ids.ts';
import { Mirror } from '../filesystem/mirror.ts';
import { createSlotTable, OpenFiles, recoverSlots } from '../filesystem/open-files.ts';
import { Tree } from '../filesystem/tree.ts';
import { type Channel, DeviceChannel, failedReceive } from '../fuse/channel.ts';
import { MAX_READ_BYTES, REQUEST_BUFFER_BYTES } from '../fuse/init.ts';
import { Reply, resendNotification } from '../fuse/reply.ts';
import { Request } from '../fuse/request.ts';
import { HostFiles } from '../procfs/host-files.ts';
import { DescriptorPool } from '../procfs/kernel-file.ts';
import { answerAgain } from './answer-again.ts';
import { dispatch } from './dispatch.ts';
import { Journal } from './journal.ts';
import { RateLimit } from './log.ts';
import type { Log } from './log.ts';
import type { ServerConfig } from './protocol.ts';
import { nodesPath, openFilesPath } from './state-files.ts';
import { takeOver } from './take-over.ts';

/** What of a server's configuration matters here. */
type FallbackConfig = Pick<ServerConfig, 'mountPoint' | 'stateDirectory' | 'canResend'>;

const HOST_ROOT = '';
const WAKE_INTERVAL_MILLIS = 5;
const STOP_LIMIT_MILLIS = 1_000;
const MAX_DESCRIPTORS = 64;

/**
 * Serves the host's own files from within the supervisor, while no server can be had: a wrong number is better than a read
 * that hangs. It does not block: requests are waited for asynchronously, one at a time. Its code is loaded when the
 * supervisor starts, so that it works when what is on disk does not.
 */
export class Fallback {
  readonly #fd: number;
  readonly #config: FallbackConfig;
  readonly #log: Log;
  readonly #onUnmounted: () => void;
  #stopping = false;
  #ended: Promise<void> | undefined;

  constructor(fd: number, config: FallbackConfig, log: Log, onUnmounted: () => void) {
    this.#onUnmounted = onUnmounted;
    this.#fd = fd;
    this.#config = config;
    this.#log = log;
  }

  /** Begins to serve, with what dead servers left unanswered. */
  start(): void {
    if (this.#ended !== undefined) return;
    this.#stopping = false;
    this.#ended = this.#serve().catch((error: unknown) =>
      this.#log('error', 'fallback ended', { error: String(error) }),
    );
  }

  /** Resolves when it takes no more requests, so that a server can begin. */
  async stop(): Promise<void> {
    if (this.#ended === undefined) return;
    this.#stopping = true;
    const ended = this.#ended.then(() => true);
    const startedAt = performance.now();
    do {
      // It answers this one itself, and sees then that it is to stop.
      statfs(this.#config.mountPoint).catch(() => undefined);
      // Where the mount point shows something else by now, a request of it cannot be had; the next one of a container ends it.
      if (performance.now() - startedAt > STOP_LIMIT_MILLIS) break;
    } while (!(await Promise.race([ended, sleep(WAKE_INTERVAL_MILLIS, false)])));
    this.#ended = undefined;
  }

  async #serve(): Promise<void> {
    const channel: Channel = new DeviceChannel(this.#fd);
    const fileSystem = hostFileSystem(this.#config.stateDirectory);
    const reply = new Reply(MAX_READ_BYTES);
    const limited = new RateLimit(this.#log);
    const onUnexpected = (error: unknown): void => limited.warn('request failed in fallback', error);
    const answer = (request: Request): boolean =>
      dispatch(request, reply, fileSystem, onUnexpected) === 'reply' && channel.send(reply);
    const answerLeft = (request: Request): void => answerAgain(request, reply, fileSystem, answer);
    const { canResend, stateDirectory } = this.#config;
    const resend = resendNotification();
    const journal = canResend ? undefined : new Journal(stateDirectory, process.pid, 1);
    if (journal === undefined) channel.send({ buffer: resend, length: resend.length });
    else takeOver(stateDirectory, journal, channel, answerLeft);
    const buffer = Buffer.alloc(REQUEST_BUFFER_BYTES);
    try {
      while (!this.#stopping) {
        const length = await receive(this.#fd, buffer);
        if (length === 'unmounted') return this.#onUnmounted();
        if (length === 'again') continue;
        const request = new Request(buffer, length);
        journal?.begin(0, request);
        answer(request);
        journal?.end(0);
      }
    } finally {
      journal?.close();
    }
  }
}

async function receive(fd: number, buffer: Buffer): Promise<number | 'again' | 'unmounted'> {
  try {
    return (await promisify(read)(fd, buffer, 0, buffer.length, null)).bytesRead;
  } catch (error) {
    return failedReceive(error);
  }
}

/** The file system without containers: every caller is shown the host's files, and what it has open already as it is. */
function hostFileSystem(stateDirectory: string): FileSystem {
  const pool = new DescriptorPool(MAX_DESCRIPTORS);
  const mirror = new Mirror(HOST_ROOT);
  const slotTable = createSlotTable();
  recoverSlots(openFilesPath(stateDirectory), slotTable);
  return new FileSystem({
    tree: new Tree(HOST_ROOT, new MirrorIds(nodesPath(stateDirectory))),
    mirror,
    contents: Contents.ofHost(new HostFiles(HOST_ROOT, pool), mirror),
    openFiles: new OpenFiles(openFilesPath(stateDirectory), slotTable),
  });
}
