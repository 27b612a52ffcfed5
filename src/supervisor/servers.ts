import type { Writable } from 'node:stream';
import type { Logger } from 'pino';
import { Fallback } from '../server/fallback.ts';
import { EXIT_UNMOUNTED, type ServerConfig } from '../server/protocol.ts';
import { waitBeforeRestart } from './backoff.ts';
import { OneAtATime } from './one-at-a-time.ts';
import { describeEnd, type ServerEnd, ServerProcess } from './server-process.ts';
import { withTimeLimit } from './time-limit.ts';

/** Kills within the window that are still taken for accidents; each of them costs the loading of a server. */
const MOST_KILLS = 60;
const KILLS_WINDOW_MILLIS = 20_000;
/** Before another attempt where not even a process can be started. */
const LONGEST_RETRY_MILLIS = 1_000;
/** Requests take less than a millisecond; one that a kernel file holds up is asked again of the successor. */
const STOP_LIMIT_MILLIS = 1_000;
/** So long may readers be left waiting for a successor; a wrong number is better then. */
const PATIENCE_MILLIS = 15_000;

/** What {@link Servers} is made of. */
export interface ServersParts {
  readonly fuseFd: number;
  readonly config: Omit<ServerConfig, 'predecessorPid'>;
  readonly log: Logger;
  /** What the keeper of the mount is to see the end of. */
  readonly lifeline: () => Writable | undefined;
  /** Called when a server found the file system unmounted. */
  readonly onUnmounted: () => void;
}

/** What comes with a mount: nothing to speak of with a new one. */
export interface Inherited {
  readonly hostView: boolean;
  /** The process that an adopted mount was had from, a server as a rule, which serves until the first of these is ready. */
  readonly predecessor: { readonly pid: number; readonly end: () => Promise<void> } | undefined;
}

/** The server processes of a mount: one that serves, replaced when it dies, and exchanged on reload. */
export class Servers {
  readonly #parts: ServersParts;
  /** The one that serves, or the last one that did. */
  #current: ServerProcess | undefined;
  /** The one that is loaded for a reload, until it serves. */
  #next: ServerProcess | undefined;
  /** Those that are being loaded, or wait for their turn. */
  readonly #others = new Set<ServerProcess>();
  #predecessor: Inherited['predecessor'];
  readonly #fallback: Fallback;
  #ending = false;
  #hostView: boolean;
  #deaths: number[] = [];
  /** When servers were killed lately. */
  #kills: number[] = [];
  /** Ends the wait before the next attempt to start a server. */
  #retryNow: () => void = () => undefined;
  readonly #replacements = new OneAtATime();
  readonly #reloads = new OneAtATime();
  #reloadsWaiting = 0;
  /** Resolves once the first server takes requests; rejects where it cannot be loaded. */
  readonly begun: Promise<void>;

  /** Starts the first server. A reload that is asked for meanwhile waits until it serves. */
  constructor(parts: ServersParts, { hostView, predecessor }: Inherited) {
    this.#parts = parts;
    this.#hostView = hostView;
    this.#fallback = new Fallback(
      parts.fuseFd,
      parts.config,
      (level, message, fields) => parts.log[level](fields, message),
      parts.onUnmounted,
    );
    const first = this.#start(predecessor?.pid);
    this.#predecessor = predecessor;
    this.begun = this.#replacements.do(async () => {
      if (!(await this.#becomesReady(first))) throw new Error('no server can be started');
      await this.#endPredecessor();
      this.#serve(first, predecessor !== undefined);
    });
    this.begun.catch(() => undefined); // whoever waits for it gets the error
  }

  get pid(): number | undefined {
    return this.#current?.pid;
  }

  get hostView(): boolean {
    return this.#hostView;
  }

  set hostView(enabled: boolean) {
    this.#hostView = enabled;
    this.#current?.tell({ kind: 'host-view', enabled });
  }

  /** Exchanges the server for one of the code that is now on disk; where that one does not work, the old one stays. */
  async reload(): Promise<void> {
    this.#deaths = []; // those of other code
    this.#retryNow();
    if (this.#reloadsWaiting > 0) return; // the one that waits will find the same code
    this.#reloadsWaiting++;
    await this.#reloads.do(async () => {
      await this.begun;
      this.#reloadsWaiting--;
      await this.#exchange();
    });
  }

  /** Ends a server that does not answer any more; another one takes its place and its requests. */
  replaceHung(): void {
    if (!this.#current?.alive) return; // there is none yet, or the next one is on its way
    this.#parts.log.error({ server: this.#current.pid }, 'server does not answer: killed');
    this.#current.kill();
  }

  /** Ends all servers for good. */
  async end(): Promise<void> {
    this.abandon();
    await this.#endPredecessor();
    await this.#stop(this.#current);
    await this.#replacements.do(() => Promise.resolve());
  }

  /** Starts no more servers; the one that serves, if any, goes on. */
  abandon(): void {
    this.#ending = true;
    this.#retryNow();
    for (const server of this.#others) server.kill();
  }

  async #endPredecessor(): Promise<void> {
    await this.#predecessor?.end();
    this.#predecessor = undefined;
  }

  #start(predecessorPid: number | undefined): ServerProcess {
    const { config, fuseFd, lifeline, log } = this.#parts;
    const server: ServerProcess = new ServerProcess({
      config: { ...config, predecessorPid },
      fuseFd,
      lifeline: lifeline(),
      onLog: ({ level, message, fields }) => log[level]({ ...fields, server: server.pid }, message),
      onOutdated: () =>
        void this.reload().catch((error: unknown) => log.error({ err: error }, 'reload failed')),
    });
    this.#others.add(server);
    void server.ended.then(() => this.#others.delete(server));
    return server;
  }

  #serve(server: ServerProcess, resend: boolean): void {
    if (this.#ending) return server.kill(); // the end came while it was loaded
    this.#others.delete(server);
    this.#current = server;
    server.tell({ kind: 'serve', resend, hostView: this.#hostView });
    void server.ended.then((end) => this.#onEnd(server, end));
  }

  #onEnd(server: ServerProcess, end: ServerEnd): void {
    if (this.#ending || server !== this.#current) return;
    if (end.status === EXIT_UNMOUNTED) {
      this.#ending = true;
      this.#parts.onUnmounted();
      return;
    }
    const restart = (): Promise<void> => this.#restart(server, end);
    this.#replacements.do(restart).catch((error: unknown) => {
      // Nothing that happens here may end the supervisor, without whom nobody starts servers.
      this.#parts.log.error({ err: error }, 'no server can be started');
      this.#fallback.start();
      setTimeout(() => this.#onEnd(server, end), LONGEST_RETRY_MILLIS);
    });
  }

  async #restart(dead: ServerProcess, end: ServerEnd): Promise<void> {
    const diedAt = performance.now();
    // Who was killed, by hand or for want of memory, did not die of its code: the next one will do better.
    let killed = end.signal === 'SIGKILL';
    const impatience = setTimeout(() => this.#ending || this.#fallback.start(), PATIENCE_MILLIS);
    while (!this.#ending && this.#current === dead) {
      if (!killed || this.#killedOften()) await this.#backOff();
      killed = false;
      const server = this.#next ?? this.#start(undefined);
      this.#next = undefined;
      if (!(await this.#becomesReady(server))) {
        if (!this.#ending) this.#fallback.start(); // the next one is not likely to do better
        continue;
      }
      clearTimeout(impatience);
      await this.#fallback.stop();
      this.#serve(server, true);
      const stallMillis = Math.round(performance.now() - diedAt);
      this.#parts.log.warn(
        { server: server.pid, ended: describeEnd(end), stallMillis },
        'server died, a new one serves',
      );
    }
    clearTimeout(impatience);
    await this.#fallback.stop();
  }

  /** Who is killed again and again, for want of memory perhaps, is no better off than one that dies by itself. */
  #killedOften(): boolean {
    const now = performance.now();
    this.#kills = [...this.#kills.filter((at) => now - at < KILLS_WINDOW_MILLIS), now];
    return this.#kills.length > MOST_KILLS;
  }

  async #backOff(): Promise<void> {
    const waitMillis = waitBeforeRestart(this.#deaths, performance.now());
    this.#deaths = [...this.#deaths.slice(-50), performance.now()];
    if (waitMillis === 0 || this.#ending) return;
    this.#parts.log.error(
      { waitMillis },
      "servers die again and again: the host's files are shown before the next attempt",
    );
    this.#fallback.start();
    const interrupted = new Promise<void>((resolve) => (this.#retryNow = resolve));
    await withTimeLimit(interrupted, waitMillis, undefined);
  }

  /** Loads a server, while the present one serves and may die and be replaced, and then has it take over. */
  async #exchange(): Promise<void> {
    if (this.#ending) return;
    const startedAt = performance.now();
    const server = this.#start(this.#current?.pid);
    this.#next = server;
    if (!(await this.#becomesReady(server))) {
      if (this.#next !== server) return; // it was to take the place of one that died
      this.#next = undefined;
      if (!this.#ending) this.#parts.log.error('reload failed, the old server stays');
      return;
    }
    const loadMillis = Math.round(performance.now() - startedAt);
    await this.#replacements.do(async () => {
      const stoppedAt = performance.now();
      // Else it has taken the place of one that died meanwhile.
      if (this.#next === server) {
        this.#next = undefined;
        const old = this.#current;
        this.#current = server;
        await this.#stop(old);
        this.#serve(server, true);
      }
      this.#deaths = [];
      const stallMillis = Math.round(performance.now() - stoppedAt);
      this.#parts.log.info({ server: server.pid, loadMillis, stallMillis }, 'reloaded');
    });
  }

  async #becomesReady(server: ServerProcess): Promise<boolean> {
    try {
      await server.ready;
      return true;
    } catch (error) {
      if (!this.#ending)
        this.#parts.log.error({ server: server.pid, error: String(error) }, 'server cannot be loaded');
      return false;
    }
  }

  async #stop(server: ServerProcess | undefined): Promise<void> {
    if (server === undefined) return;
    server.tell({ kind: 'stop' });
    if ((await withTimeLimit(server.ended, STOP_LIMIT_MILLIS, undefined)) !== undefined) return;
    this.#parts.log.warn({ server: server.pid }, 'server did not stop in time: killed');
    server.kill();
    await withTimeLimit(server.ended, STOP_LIMIT_MILLIS, undefined);
  }
}
