// First of all: without a handler, SIGUSR1 makes Node open a debugger port.
import './signals.ts';
import { writeSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { createSlotTable, recoverSlots } from '../filesystem/open-files.ts';
import { FIXED_NODES } from '../filesystem/nodes.ts';
import { resendNotification } from '../fuse/reply.ts';
import { Control } from './control.ts';
import { isServing } from './is-serving.ts';
import { describe, type Log, RateLimit } from './log.ts';
import { descriptorsPerThread } from './descriptor-limit.ts';
import {
  EXIT_UNMOUNTED,
  FUSE_FD,
  SERVER_NAME,
  type ServerCommand,
  type ServerConfig,
  type ServerReport,
} from './protocol.ts';
import type { ReaderData, ReaderMessage } from './reader.ts';
import { writeSession } from './session.ts';
import { openFilesPath } from './state-files.ts';

/** Threads that may be started beside the configured ones while those are held up. */
const EXTRA_THREADS = 4;
/** What requests leave behind is garbage at once: more room for it (V8 takes 48) is memory, and out of the CPU's caches. */
const YOUNG_MEBIBYTES = 6;
const PREDECESSOR_LIMIT_MILLIS = 1_000;
/** As many threads may die before the server gives up. */
const MOST_THREAD_DEATHS = 3;
const WATCH_INTERVAL_MILLIS = 1_000;
const HELD_UP_MILLIS = 2_000;
/** How often a thread that still blocks in read(2) is woken while the server is to stop. */
const WAKE_INTERVAL_MILLIS = 20;

/** The main thread of a server: starts reader threads and hears the supervisor. Its event loop is always free. */
class Server {
  readonly #config: ServerConfig;
  readonly #control: Control;
  readonly #slotTable = createSlotTable();
  /** The reader threads by number; undefined where one has ended. */
  readonly #threads: (Worker | undefined)[] = [];
  readonly #limited = new RateLimit(log);
  #threadDeaths = 0;
  #state: 'loading' | 'ready' | 'serving' = 'loading';

  constructor(config: ServerConfig) {
    this.#config = config;
    this.#control = Control.forThreads(mostThreads(config));
  }

  /** Starts the threads; resolves when each has loaded and tried everything, rejects when one cannot. */
  async load(): Promise<void> {
    await Promise.all(Array.from({ length: this.#config.threads }, (_, index) => this.#startThread(index)));
    this.#state = 'ready';
  }

  serve(resend: boolean): void {
    this.#state = 'serving';
    this.#recordSession();
    // Only now: until here the predecessor may have opened more.
    recoverSlots(openFilesPath(this.#config.stateDirectory), this.#slotTable);
    if (resend && this.#config.canResend) this.#requestResend();
    this.#control.letFirstGo();
    setInterval(() => this.#watchThreads(), WATCH_INTERVAL_MILLIS);
  }

  set hostView(enabled: boolean) {
    this.#control.hostView = enabled;
    if (this.#state === 'serving') this.#recordSession();
  }

  /**
   * The supervisor is gone. A server that serves goes on. One that was ready to replace another finishes the exchange that
   * the supervisor had begun; one that is still being loaded is needed only if nobody serves.
   */
  async outliveSupervisor(): Promise<void> {
    const { predecessorPid } = this.#config;
    const serves = (): boolean => predecessorPid !== undefined && isServing(predecessorPid, FUSE_FD);
    if (this.#state === 'loading' && serves()) process.exit(1);
    while (this.#state === 'loading') await sleep(WAKE_INTERVAL_MILLIS);
    if (this.#state === 'ready') {
      for (let waited = 0; serves(); waited += WAKE_INTERVAL_MILLIS) {
        signalIfAlive(predecessorPid, waited < PREDECESSOR_LIMIT_MILLIS ? 'SIGTERM' : 'SIGKILL');
        await sleep(WAKE_INTERVAL_MILLIS);
      }
      this.serve(true);
    }
    log('warn', 'supervisor is gone; the server goes on');
  }

  /** Ends each thread at its next request boundary; those that wait for a request are sent one each. */
  stop(): void {
    if (this.#state !== 'serving') process.exit(0);
    if (this.#control.stopping) return;
    this.#control.stop();
    const wake = (): void => {
      // Answered by a thread of this server or by the successor; asynchronous, since this process serves the mount.
      this.#running().forEach(() => statfs(this.#config.mountPoint).catch(() => undefined));
    };
    wake();
    setInterval(wake, WAKE_INTERVAL_MILLIS);
  }

  #recordSession(): void {
    const { stateDirectory, protocol, canResend } = this.#config;
    const { hostView } = this.#control;
    writeSession(stateDirectory, { serverPid: process.pid, fuseFd: FUSE_FD, protocol, canResend, hostView });
  }

  #running(): Worker[] {
    return this.#threads.filter((thread) => thread !== undefined);
  }

  #startThread(index: number): Promise<void> {
    const data: ReaderData = {
      config: this.#config,
      index,
      threads: mostThreads(this.#config),
      control: this.#control.memory,
      slotTable: this.#slotTable,
      isTrial: this.#state !== 'serving',
      maxDescriptors: descriptorsPerThread(mostThreads(this.#config)),
    };
    const worker = new Worker(new URL('./reader.js', import.meta.url), {
      workerData: data,
      name: `reader ${index}`,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEBIBYTES },
    });
    this.#threads[index] = worker;
    return new Promise((resolve, reject) => {
      let loaded = false;
      worker.on('message', (message: ReaderMessage) => {
        switch (message.kind) {
          case 'loaded':
            loaded = true;
            return resolve();
          case 'done':
            return this.#threadDone(index, message.unmounted);
          case 'log':
            return log(...message.record);
        }
      });
      let cause: unknown;
      worker.on('error', (error) => (cause = error));
      worker.on('exit', (status) => {
        const error = cause ?? new Error(`ended with status ${status}`);
        reject(error);
        if (loaded && this.#threads[index] === worker) this.#threadDied(index, error);
      });
    });
  }

  #threadDone(index: number, unmounted: boolean): void {
    this.#threads[index] = undefined;
    // process.exit() would wait for the last statfs, which the successor is to answer, which waits for this end.
    if (unmounted) process.exit(EXIT_UNMOUNTED);
    else if (this.#running().length === 0) process.kill(process.pid, 'SIGKILL');
  }

  /**
   * A thread died of an error that nobody caught: another one takes its place, and the request that it had. If it is the
   * request that they die of, that ends with the supervisor, who shows the host's file when servers die again and again.
   */
  #threadDied(index: number, error: unknown): void {
    log('error', 'reader thread died', { thread: index, error: describe(error) });
    this.#threadDeaths++;
    if (this.#threadDeaths === MOST_THREAD_DEATHS)
      return fail(new Error('reader threads die again and again'));
    this.#control.leave(index);
    this.#startThread(index).then(() => this.#config.canResend && this.#requestResend(), fail);
  }

  /** A kernel file that does not answer holds up a thread. So that the others' readers do not wait, more are started. */
  #watchThreads(): void {
    const held = this.#threads.flatMap((_, index) => {
      const work = this.#control.workOf(index);
      return work !== undefined && work.millis > HELD_UP_MILLIS ? { index, ...work } : [];
    });
    for (const { index, node, millis } of held) {
      const path = FIXED_NODES.find(({ id }) => id === node)?.path ?? `node ${node}`;
      this.#limited.warn(`reader thread ${index} is held up`, `${path}, for ${millis} ms`);
    }
    const number = this.#threads.length;
    if (held.length < number || number === mostThreads(this.#config)) return;
    this.#startThread(number).catch((error: unknown) =>
      log('error', 'no further reader thread can be had', { error: describe(error) }),
    );
  }

  #requestResend(): void {
    const message = resendNotification();
    try {
      writeSync(FUSE_FD, message);
    } catch (error) {
      log('warn', 'cannot have unanswered requests sent again', { error: describe(error) });
    }
  }
}

const log: Log = (level, message, fields = {}) => report({ kind: 'log', level, message, fields });

/** To the supervisor; where it is gone, log records go to stderr as the lines that it would write. */
function report(message: ServerReport): void {
  if (process.connected && process.send !== undefined) process.send(message);
  else if (message.kind === 'log')
    process.stderr.write(`${JSON.stringify({ time: Date.now(), ...message })}\n`);
}

function fail(error: unknown): void {
  log('error', 'server failed', { error: describe(error) });
  // The record is on its way through the channel: it must not be cut off. process.exit() would wait for blocked threads;
  // this signal ends at once, without a core, and unlike SIGKILL it says that the server is to blame.
  setTimeout(() => process.kill(process.pid, 'SIGALRM'), 50);
}

function signalIfAlive(pid: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(pid, signal);
  } catch {
    // ESRCH: it has ended
  }
}

function mostThreads(config: ServerConfig): number {
  return config.threads + EXTRA_THREADS;
}

async function main(config: ServerConfig): Promise<void> {
  const server = new Server(config);
  process.on('message', (command: ServerCommand) => {
    switch (command.kind) {
      case 'serve':
        server.hostView = command.hostView;
        return server.serve(command.resend);
      case 'host-view':
        server.hostView = command.enabled;
        return undefined;
      case 'stop':
        return server.stop();
    }
  });
  const onDisconnect = (): void => void server.outliveSupervisor().catch(fail);
  process.on('disconnect', onDisconnect);
  if (!process.connected) onDisconnect(); // it happened while the modules were loaded
  // The supervisor that adopts the mount of a dead one has no other way to tell this server.
  process.on('SIGTERM', () => process.connected || server.stop());
  await server.load();
  report({ kind: 'ready' });
}

process.title = SERVER_NAME;
const serverConfig: ServerConfig = JSON.parse(process.argv[2] ?? '');
main(serverConfig).catch(fail);
