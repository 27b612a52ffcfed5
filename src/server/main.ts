// First of all: without a handler, SIGUSR1 makes Node open a debugger port.
import './signals.ts';
import { writeSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { createSlotTable, recoverSlots } from '../filesystem/open-files.ts';
import { resendNotification } from '../fuse/reply.ts';
import { Control } from './control.ts';
import { describe, type Log } from './log.ts';
import { descriptorsPerThread } from './descriptor-limit.ts';
import {
  EXIT_UNMOUNTED,
  FUSE_FD,
  type ServerCommand,
  type ServerConfig,
  type ServerReport,
} from './protocol.ts';
import type { ReaderData, ReaderMessage } from './reader.ts';
import { openFilesPath } from './state-files.ts';

/** How often a thread that still blocks in read(2) is woken while the server is to stop. */
const WAKE_INTERVAL_MILLIS = 20;

/** The main thread of a server: starts reader threads and hears the supervisor. Its event loop is always free. */
class Server {
  readonly #config: ServerConfig;
  readonly #control = new Control();
  readonly #slotTable = createSlotTable();
  readonly #running = new Set<Worker>();

  constructor(config: ServerConfig) {
    this.#config = config;
  }

  /** Starts the threads; resolves when each has loaded and tried everything, rejects when one cannot. */
  async load(): Promise<void> {
    recoverSlots(openFilesPath(this.#config.stateDirectory), this.#slotTable);
    await Promise.all(Array.from({ length: this.#config.threads }, () => this.#startThread()));
  }

  serve(resend: boolean): void {
    if (resend && this.#config.canResend) this.#requestResend();
    this.#control.go();
  }

  set hostView(enabled: boolean) {
    this.#control.hostView = enabled;
  }

  /** Ends each thread at its next request boundary; those that wait for a request are sent one each. */
  stop(): void {
    this.#control.stop();
    const wake = (): void => {
      // Answered by a thread of this server or by the successor; asynchronous, since this process serves the mount.
      for (let count = this.#running.size; count > 0; count--)
        statfs(this.#config.mountPoint).catch(() => undefined);
    };
    wake();
    setInterval(wake, WAKE_INTERVAL_MILLIS);
  }

  #startThread(): Promise<void> {
    const data: ReaderData = {
      config: this.#config,
      control: this.#control.memory,
      slotTable: this.#slotTable,
      maxDescriptors: descriptorsPerThread(this.#config.threads),
    };
    const worker = new Worker(new URL('./reader.js', import.meta.url), { workerData: data, name: 'reader' });
    this.#running.add(worker);
    return new Promise((resolve, reject) => {
      let loaded = false;
      worker.on('message', (message: ReaderMessage) => {
        switch (message.kind) {
          case 'loaded':
            loaded = true;
            return resolve();
          case 'done':
            return this.#threadDone(worker, message.unmounted);
          case 'log':
            return log(...message.record);
        }
      });
      worker.on('error', (error) => {
        this.#running.delete(worker);
        reject(error);
        if (loaded) this.#replaceThread(error);
      });
    });
  }

  #threadDone(worker: Worker, unmounted: boolean): void {
    this.#running.delete(worker);
    if (this.#running.size === 0) process.exit(unmounted ? EXIT_UNMOUNTED : 0);
  }

  /** A thread died of an error that nobody caught: its request is asked for again, and another thread takes its place. */
  #replaceThread(error: Error): void {
    log('error', 'reader thread died and is replaced', { error: describe(error) });
    this.#startThread().then(
      () => this.#config.canResend && this.#requestResend(),
      (cause: unknown) => fail(cause),
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
  // The record is on its way through the channel: it must not be cut off.
  setTimeout(() => process.exit(1), 50);
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
  process.on('disconnect', () => log('warn', 'supervisor is gone; the server goes on', {}));
  await server.load();
  report({ kind: 'ready' });
}

process.title = 'lxcfs-server';
const serverConfig: ServerConfig = JSON.parse(process.argv[2] ?? '');
main(serverConfig).catch(fail);
