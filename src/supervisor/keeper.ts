import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import type { Writable } from 'node:stream';
import type { Logger } from 'pino';
import { argumentsOf, descriptorLink } from '../procfs/processes.ts';
import { keeperPath } from '../server/state-files.ts';

/** So long a mount outlives its supervisor and its server: readers wait meanwhile for the next supervisor to adopt it. */
const KEEP_SECONDS = 30;
const RESTART_MILLIS = 5_000;
/** Descriptor at which a keeper has /dev/fuse. */
export const KEEPER_FUSE_FD = 3;
const NAME = 'lxcfs-keeper';
/**
 * Waits until nobody has the other end of its standard input any more, and then for the mount to be adopted. Signals that
 * only mean something to the daemon do not end it.
 */
const SCRIPT = 'trap "" HUP INT USR1 USR2; read -r _; sleep "$1"';

/**
 * A shell that has the FUSE connection open and does nothing. It keeps the mount when supervisor and server are killed at
 * once. They hold its lifeline, a pipe; a while after both are gone it ends as well, for where nobody adopts the mount, an
 * error is better for readers than to wait for ever.
 */
export class Keeper {
  readonly #fuseFd: number;
  readonly #stateDirectory: string;
  readonly #log: Logger;
  #child: ChildProcess | undefined;
  #isOnRecord = false;
  #restart: NodeJS.Timeout | undefined;

  constructor(fuseFd: number, stateDirectory: string, log: Logger) {
    this.#fuseFd = fuseFd;
    this.#stateDirectory = stateDirectory;
    this.#log = log;
    this.#start();
  }

  /** What servers are to inherit; undefined where there is no keeper at present. */
  get lifeline(): Writable | undefined {
    return this.#child?.stdin ?? undefined;
  }

  /** Puts this keeper on record, in the place of that of a supervisor that died, for the next supervisor to find. */
  record(): void {
    this.#isOnRecord = true;
    writeFileSync(keeperPath(this.#stateDirectory), `${this.#child?.pid}\n`);
  }

  end(): void {
    clearTimeout(this.#restart);
    const pid = this.#child?.pid;
    this.#child = undefined;
    endKeeper(pid);
  }

  #start(): void {
    try {
      const child = this.#spawn();
      this.#child = child;
      const onEnd = (cause: unknown): void => {
        if (this.#child === child) this.#startAgain(cause);
      };
      child.once('exit', (status, signal) => onEnd(signal ?? `status ${status}`));
      child.once('error', onEnd);
      if (this.#isOnRecord) this.record();
    } catch (error) {
      this.#startAgain(error);
    }
  }

  #startAgain(cause: unknown): void {
    this.#child = undefined;
    this.#log.warn({ cause: String(cause) }, 'there is no keeper of the mount: another one is started');
    this.#restart = setTimeout(() => this.#start(), RESTART_MILLIS).unref();
  }

  #spawn(): ChildProcess {
    const args = [String(KEEP_SECONDS), realpathSync(this.#stateDirectory)];
    const child = spawn('sh', ['-c', SCRIPT, NAME, ...args], {
      cwd: '/',
      detached: true, // its sleep is to end with it; and a terminal's signals do not reach it
      stdio: ['pipe', 'ignore', 'ignore', this.#fuseFd],
    });
    child.unref();
    child.stdin?.on('error', () => undefined); // its end is seen otherwise
    return child;
  }
}

/** The pid of the keeper of the mount with this state directory, whoever started it; undefined where there is none. */
export function keeperOf(stateDirectory: string): number | undefined {
  const pid = Number(textOrNothing(keeperPath(stateDirectory)));
  const [, , , name, , directory] = argumentsOf(pid);
  const isKeeper = name === NAME && directory === realpathSync(stateDirectory);
  return isKeeper && descriptorLink(pid, KEEPER_FUSE_FD) === '/dev/fuse' ? pid : undefined;
}

/** Ends a keeper, if there is one. */
export function endKeeper(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL'); // a keeper leads a process group
  } catch {
    // ESRCH: it has ended
  }
}

function textOrNothing(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // there is none
  }
}
