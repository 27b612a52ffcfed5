import type { Logger } from 'pino';
import { waitBeforeRestart } from './backoff.ts';
import type { ServerProcess } from './server-process.ts';

/** So that it is not loaded in competition with the readers who waited for the server that serves. */
const FIRST_WAIT_MILLIS = 100;
/** Code that cannot be loaded now will not be loaded a second later either. */
const FAILED_WAIT_MILLIS = 60_000;

/**
 * The server that is loaded and tried, and waits for the one that serves to die. It is a convenience: where none can be had,
 * a successor is started when it is needed.
 */
export class Standby {
  readonly #start: () => ServerProcess;
  readonly #log: Logger;
  #server: ServerProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #deaths: number[] = [];

  constructor(start: () => ServerProcess, log: Logger) {
    this.#start = start;
    this.#log = log;
  }

  /** Has one loaded from the code on disk in a moment, instead of one that there may be. */
  prepare(): void {
    this.end();
    this.#deaths = [];
    this.#loadAfter(FIRST_WAIT_MILLIS);
  }

  /** The one that there is, loaded or being loaded, for the caller to serve with; undefined where there is none. */
  take(): ServerProcess | undefined {
    clearTimeout(this.#timer);
    const server = this.#server;
    this.#server = undefined;
    return server?.alive ? server : undefined;
  }

  end(): void {
    this.take()?.kill();
  }

  #loadAfter(waitMillis: number): void {
    this.#timer = setTimeout(() => {
      this.#load().catch((error: unknown) => this.#failed(error));
    }, waitMillis).unref();
  }

  async #load(): Promise<void> {
    const server = this.#start();
    this.#server = server;
    try {
      await server.ready;
    } catch (error) {
      if (this.#server === server) this.#failed(error);
      return;
    }
    await server.ended;
    if (this.#server !== server) return; // it has served
    this.#server = undefined;
    const now = performance.now();
    this.#loadAfter(FIRST_WAIT_MILLIS + waitBeforeRestart(this.#deaths, now));
    this.#deaths = [...this.#deaths.slice(-50), now];
  }

  #failed(error: unknown): void {
    this.#server = undefined;
    this.#log.warn({ error: String(error) }, 'no standby server can be loaded');
    this.#loadAfter(FAILED_WAIT_MILLIS);
  }
}
