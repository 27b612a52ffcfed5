import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import type { Writable } from 'node:stream';
import type { Logger } from 'pino';
import { unlessGone } from '../procfs/kernel-file.ts';
import { argumentsOf, descriptorLink } from '../procfs/processes.ts';
import { readText } from '../procfs/read-text.ts';
import { keeperPath } from '../server/state-files.ts';

/*
 * Supervisors find the keepers of earlier and later versions: by their arguments (the name comes fourth, the state directory
 * sixth), by the descriptor at which they have the mount, and by the file with their pid. None of that may change.
 */

/** So long a mount outlives its supervisor and its server: readers wait meanwhile for the next supervisor to adopt it. */
const KEEP_SECONDS = 30;
const RESTART_MILLIS = 5_000;
/** Descriptor at which a keeper has /dev/fuse. */
export const KEEPER_FUSE_FD = 3;
const NAME = 'lxcfs-keeper';
/**
 * Waits until nobody has the other end of its standard input any more, and then for the mount to be adopted. Signals that
 * only mean something to the daemon do not end it. At last comes a command of the shell's own, for which it has to stay: bash
 * and busybox become what stands last, and would not be known as a keeper any more.
 */
export const KEEPER_SCRIPT = 'trap "" HUP INT USR1 USR2; read -r _; sleep "$1"; :';

/**
 * A shell that has the FUSE connection open and does nothing. It keeps the mount when supervisor and server are killed at
 * once. They hold its lifeline, a pipe; a while after both are gone it ends as well, for where nobody adopts the mount, an
 * error is better for readers than to wait for ever. One that had to be started again is held by the supervisor and later
 * servers.
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
    try {
      writeFileSync(keeperPath(this.#stateDirectory), `${this.#child?.pid}\n`);
    } catch (error) {
      this.#log.warn({ err: error }, 'the keeper of the mount cannot be put on record');
    }
  }

  end(): void {
    clearTimeout(this.#restart);
    const pid = this.#child?.pid;
    this.#child = undefined;
    endKeeper(pid, this.#stateDirectory);
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
    const args = [String(KEEP_SECONDS), this.#stateDirectory];
    const child = spawn('sh', ['-c', KEEPER_SCRIPT, NAME, ...args], {
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
  const pid = Number(unlessGone(() => readText(keeperPath(stateDirectory))) ?? '');
  return isKeeper(pid, stateDirectory) ? pid : undefined;
}

function isKeeper(pid: number, stateDirectory: string): boolean {
  const [, , , name, , directory] = argumentsOf(pid);
  const isOne = name === NAME && directory === stateDirectory;
  return isOne && descriptorLink(pid, KEEPER_FUSE_FD) === '/dev/fuse';
}

/** Ends the keeper that had this pid, if it is still there. */
export function endKeeper(pid: number | undefined, stateDirectory: string): void {
  if (pid === undefined || !isKeeper(pid, stateDirectory)) return;
  try {
    process.kill(-pid, 'SIGKILL'); // a keeper leads a process group
  } catch {
    // ESRCH: it has ended
  }
}
