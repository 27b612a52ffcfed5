import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import type { Writable } from 'node:stream';
import type { Logger } from 'pino';
import { argumentsOf, descriptorLink, processIds } from '../procfs/processes.ts';

/** So long a mount outlives its supervisor and its server: readers wait meanwhile for the next supervisor to adopt it. */
const KEEP_SECONDS = 30;
const RESTART_MILLIS = 1_000;
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

  end(): void {
    clearTimeout(this.#restart);
    const pid = this.#child?.pid;
    this.#child = undefined;
    if (pid !== undefined) endKeeper(pid);
  }

  #start(): void {
    const child = spawn(
      'sh',
      ['-c', SCRIPT, NAME, String(KEEP_SECONDS), realpathSync(this.#stateDirectory)],
      {
        cwd: '/',
        detached: true, // its sleep is to end with it; and a terminal's signals do not reach it
        stdio: ['pipe', 'ignore', 'ignore', this.#fuseFd],
      },
    );
    this.#child = child;
    child.unref();
    child.stdin?.on('error', () => undefined); // its end is seen otherwise
    const onEnd = (cause: unknown): void => {
      if (this.#child !== child) return;
      this.#child = undefined;
      this.#log.warn({ cause: String(cause) }, 'the keeper of the mount ended: another one is started');
      this.#restart = setTimeout(() => this.#start(), RESTART_MILLIS).unref();
    };
    child.once('exit', (status, signal) => onEnd(signal ?? `status ${status}`));
    child.once('error', onEnd);
  }
}

/** The pids of the keepers of the mount with this state directory, or of an earlier one. */
export function keepersOf(stateDirectory: string): number[] {
  if (!existsSync(stateDirectory)) return [];
  const path = realpathSync(stateDirectory);
  return processIds().filter((pid) => {
    const [, , , name, , directory] = argumentsOf(pid);
    return name === NAME && directory === path && descriptorLink(pid, KEEPER_FUSE_FD) === '/dev/fuse';
  });
}

export function endKeeper(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL'); // a keeper leads a process group
  } catch {
    // ESRCH: it has ended
  }
}
