// First of all: without a handler, SIGUSR1 makes Node open a debugger port.
import './signals.ts';
import { writeSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { createSlotTable, recoverSlots } from '../filesystem/open-files.ts';
import { FIXED_NODES } from '../filesystem/nodes.ts';
import { resendNotification } from '../fuse/reply.ts';
import { CodeOnDisk } from './code-on-disk.ts';
import { Control } from './control.ts';
import { isServing } from './is-serving.ts';
import { describe, type Log, RateLimit } from './log.ts';
import { LogOutput, openLogDescriptor } from './log-output.ts';
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
import { readSession, type SessionRecord, writeSession } from './session.ts';
import { openFilesPath } from './state-files.ts';

/** Threads that may be started beside the configured ones while those are held up. */
const EXTRA_THREADS = 4;
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
  readonly #code = new CodeOnDisk();
  /** The reader threads by number; undefined where one has ended. */
  readonly #threads: (Worker | undefined)[] = [];
  readonly #loadingThreads = new Set<Worker>();
  readonly #limited = new RateLimit(log);
  #threadDeaths = 0;
  #hasAskedForSuccessor = false;
  #state: 'loading' | 'ready' | 'serving' = 'loading';

  constructor(config: ServerConfig) {
    this.#config = config;
    this.#control = Control.forThreads(mostThreads(config));
  }

  /** Starts the threads; resolves when each has loaded and tried everything, rejects when one cannot. */
  async load(): Promise<void> {
    const starts = Array.from({ length: this.#config.threads }, (_, index) => this.#startThread(index));
    await Promise.all(starts);
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
   * The supervisor is gone. A server that serves goes on. One that was ready to replace another finishes the exchange that the
   * supervisor had begun. One that is still being loaded ends: the next supervisor could not know of it, and two that serve
   * would each lose what the other one leaves unanswered.
   */
  async outliveSupervisor(): Promise<void> {
    if (this.#state === 'loading') process.exit(1);
    if (this.#state === 'ready') {
      await this.#endPredecessor();
      this.#control.hostView = this.#session()?.hostView ?? false;
      this.serve(true);
    }
    log('warn', 'supervisor is gone; the server goes on');
  }

  async #endPredecessor(): Promise<void> {
    for (let waited = 0, pid = this.#servingPid(); pid !== undefined; pid = this.#servingPid()) {
      signalIfAlive(pid, waited < PREDECESSOR_LIMIT_MILLIS ? 'SIGTERM' : 'SIGKILL');
      await sleep(WAKE_INTERVAL_MILLIS);
      waited += WAKE_INTERVAL_MILLIS;
    }
  }

  /** The other server that serves this mount, if any does. */
  #servingPid(): number | undefined {
    const pid = this.#session()?.serverPid ?? this.#config.predecessorPid;
    return pid !== undefined && pid !== process.pid && isServing(pid, FUSE_FD) ? pid : undefined;
  }

  #session(): SessionRecord | undefined {
    return readSession(this.#config.stateDirectory);
  }

  /** Ends each thread at its next request boundary; those that wait for a request are sent one each. */
  stop(): void {
    if (this.#state !== 'serving') process.exit(0);
    if (this.#control.stopping) return;
    this.#control.stop();
    // Those take no request any more.
    for (const [index, thread] of this.#threads.entries())
      if (thread !== undefined && this.#loadingThreads.has(thread)) this.#threads[index] = undefined;
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
    if (this.#state === 'serving' && this.#code.changed) return this.#refuseToMix();
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
    });
    this.#threads[index] = worker;
    this.#loadingThreads.add(worker);
    return new Promise((resolve, reject) => {
      worker.on('message', (message: ReaderMessage) => {
        switch (message.kind) {
          case 'loaded':
            this.#loadingThreads.delete(worker);
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
        if (this.#threads[index] !== worker) return;
        if (!this.#loadingThreads.delete(worker)) this.#threadDied(index, error);
        else this.#threads[index] = undefined;
      });
    });
  }

  /** Threads of other code than the rest of the server would not understand each other: a new server is due. */
  #refuseToMix(): Promise<never> {
    this.#askForSuccessor();
    return Promise.reject(new Error('the code on disk has changed since this server was loaded'));
  }

  /** Once: where none can be had, asking again would not help. */
  #askForSuccessor(): void {
    if (!this.#hasAskedForSuccessor) report({ kind: 'outdated' });
    this.#hasAskedForSuccessor = true;
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
    // Without a supervisor that sees to it, two may have come to serve: the one that is on record goes on.
    if (!process.connected && this.#servingPid() !== undefined) return this.stop();
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
      this.#limited.warn('no further reader thread can be had', error),
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
  // It may be killed at this moment: without a callback, that error would end this process.
  if (process.connected && process.send !== undefined) process.send(message, undefined, {}, () => undefined);
  else if (message.kind === 'log') ownOutput.write(lineOf(message));
}

/** Where log records go while there is no supervisor. */
const ownOutput = new LogOutput(openLogDescriptor(), (dropped) => {
  return lineOf({
    kind: 'log',
    level: 'warn',
    message: 'log records were dropped: nobody read them',
    fields: { dropped },
  });
});

function lineOf({ level, message, fields }: Extract<ServerReport, { kind: 'log' }>): string {
  const time = new Date().toISOString();
  return `${JSON.stringify({ level, time, ...fields, server: process.pid, msg: message })}\n`;
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
