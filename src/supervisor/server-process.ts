import { type ChildProcess, spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { SERVER_NAME, type ServerCommand, type ServerConfig, type ServerReport } from '../server/protocol.ts';
import { withTimeLimit } from './time-limit.ts';

/** How a server process ended. */
export interface ServerEnd {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What a server process is started with. */
export interface ServerStart {
  readonly config: ServerConfig;
  readonly fuseFd: number;
  /** Of the keeper: the server has it, and does nothing with it. */
  readonly lifeline: Writable | undefined;
  readonly onLog: (record: Extract<ServerReport, { kind: 'log' }>) => void;
  /** Called when it serves, but not as it should, for the code on disk is newer. */
  readonly onOutdated: () => void;
}

/** Loading takes a fraction of a second; an emulated host needs ten. Readers do not wait as long: see PATIENCE_MILLIS. */
const LOAD_LIMIT_MILLIS = 30_000;
const MAIN = fileURLToPath(new URL('../server/main.js', import.meta.url));

/** One server process, from the code that is on disk when it starts. */
export class ServerProcess {
  readonly #child: ChildProcess;
  /** Resolves once it is loaded and tried; rejects where it ends before, or takes so long that it is killed. */
  readonly ready: Promise<void>;
  /** Resolves when the process is gone. */
  readonly ended: Promise<ServerEnd>;
  #alive = true;

  constructor({ config, fuseFd, lifeline, onLog, onOutdated }: ServerStart) {
    // The supervisor's own Node options hold for the server too. Descriptors: 3 is the IPC channel, 4 is FUSE_FD.
    this.#child = spawn(process.execPath, [...process.execArgv, MAIN, JSON.stringify(config)], {
      argv0: SERVER_NAME,
      cwd: '/',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc', fuseFd, lifeline ?? 'ignore'],
    });
    this.ended = new Promise((resolve) => {
      const end = (status: number | null, signal: NodeJS.Signals | null): void => {
        this.#alive = false;
        resolve({ status, signal });
      };
      this.#child.once('exit', end);
      this.#child.once('error', () => this.#child.pid === undefined && end(null, null));
    });
    const loaded = new Promise<void>((resolve) => {
      this.#child.on('message', (report: ServerReport) => {
        switch (report.kind) {
          case 'ready':
            return resolve();
          case 'outdated':
            return onOutdated();
          case 'log':
            return onLog(report);
          default: // of a later version
            return undefined;
        }
      });
    });
    this.ready = this.#getReady(loaded);
    this.ready.catch(() => undefined); // whoever waits for it gets the error; nobody has to
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get alive(): boolean {
    return this.#alive;
  }

  tell(command: ServerCommand): void {
    // A server that is ending has no ears any more, which is no error.
    if (this.#alive && this.#child.connected) this.#child.send(command, () => undefined);
  }

  kill(): void {
    if (this.#alive) this.#child.kill('SIGKILL');
  }

  async #getReady(loaded: Promise<void>): Promise<void> {
    const first = await withTimeLimit(Promise.race([loaded, this.ended]), LOAD_LIMIT_MILLIS, 'late' as const);
    if (first === undefined) return;
    this.kill();
    throw new Error(
      first === 'late'
        ? `server is not ready after ${LOAD_LIMIT_MILLIS / 1000} s`
        : `server ended before it was ready (${describeEnd(first)})`,
    );
  }
}

/** `signal SIGKILL` or `status 1`. */
export function describeEnd({ status, signal }: ServerEnd): string {
  return signal === null ? `status ${status}` : `signal ${signal}`;
}
