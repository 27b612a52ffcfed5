import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { atEnd, type Scope } from './cleanup.ts';
import { mountsBelow, unmountBelow } from './mounts.ts';
import { isAlive, killAndWait, pidsWithEnvironment, signalIfAlive } from './processes.ts';
import { repositoryPath } from './repository.ts';
import { collect, run } from './run.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { uniqueName } from './unique-name.ts';
import { until, untilSync } from './wait.ts';

/** A running daemon of a test's own, with its own mount point and runtime directory. */
export interface Daemon extends DaemonPlace {
  /** The supervisor's. */
  readonly pid: number;
  /** Everything said on standard error so far. */
  log(): string;
  /** Absolute path of a file below the mount point. */
  path(name: string): string;
  /** The pids of all its processes, whoever their parent is by now. */
  pids(): number[];
  /** Exit status of the supervisor, null when a signal ended it; rejects when it does not end in time. */
  ended(): Promise<number | null>;
}

/** Where a daemon has what is its own. */
export interface DaemonPlace {
  readonly mountPoint: string;
  readonly runtimeDirectory: string;
  readonly pidFile: string;
}

/** What a start may need besides command line options. */
export interface StartOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Another implementation's program: it is told of the pid file, and of no runtime directory. */
  readonly peer?: string;
  /** Another copy of the program under test. */
  readonly program?: string;
  /** An existing place instead of a new one. */
  readonly place?: DaemonPlace;
}

/** The program under test: the repository's own, or the one that LXCFS_BIN names. */
export const lxcfsProgram = process.env['LXCFS_BIN'] ?? repositoryPath('bin', 'lxcfs');

/** Every process that a test's daemon starts inherits this variable, and so is found at the end. */
const MARK = 'LXCFS_E2E_DAEMON';

/** Starts a daemon with these options and waits until it answers. It is ended when the test ends, by force if need be. */
export async function startDaemon(
  t: Scope,
  options: readonly string[] = [],
  { env = {}, peer, program = lxcfsProgram, place = daemonPlace(t) }: StartOptions = {},
): Promise<Daemon> {
  const { mountPoint } = place;
  const mark = uniqueName();
  const pids = (): number[] => pidsWithEnvironment(MARK, mark);
  const child = spawn(peer ?? program, [...options, ...placeArguments(place, peer === undefined)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env, [MARK]: mark },
  });
  const log = collect(child.stderr);
  const pid = child.pid ?? 0;
  let status: number | null | undefined;
  child.on('exit', (code) => (status = code));
  child.on('error', () => (status = null)); // there is no such program
  atEnd(t, () => end(pid, pids, mountPoint));
  const firstAnswer = (): Promise<true | undefined> => {
    if (status !== undefined) throw new Error(`it ended with ${status}`);
    return answers(mountPoint);
  };
  await until('the first answer of lxcfs', firstAnswer, 30_000).catch((cause: unknown) => {
    throw new Error(`lxcfs does not serve ${mountPoint}:\n${log()}`, { cause });
  });
  return {
    ...place,
    pid,
    log,
    pids,
    path: (name) => join(mountPoint, name),
    ended: () => until('the end of lxcfs', () => status),
  };
}

/** Kills all processes of a daemon: the supervisor first, who would start others meanwhile. */
export function killDaemon({ pid, pids }: Pick<Daemon, 'pid' | 'pids'>): void {
  killAndWait(pids().filter((one) => one === pid));
  killAndWait(pids());
}

/** Makes a place for a daemon, in a directory `below` that of temporary ones or another, which goes at the test's end. */
export function daemonPlace(t: Scope, below?: string): DaemonPlace {
  const directory = temporaryDirectory(t, below);
  const mountPoint = join(directory, 'mount');
  const runtimeDirectory = join(directory, 'run');
  mkdirSync(mountPoint);
  mkdirSync(runtimeDirectory);
  return { mountPoint, runtimeDirectory, pidFile: join(runtimeDirectory, 'lxcfs.pid') };
}

/** The arguments that make lxcfs use a place. */
export function placeArguments(
  { mountPoint, runtimeDirectory, pidFile }: DaemonPlace,
  withRuntimeDirectory = true,
): string[] {
  const runtime = withRuntimeDirectory ? [`--runtime-dir=${runtimeDirectory}`] : [];
  return ['-p', pidFile, ...runtime, mountPoint];
}

async function answers(mountPoint: string): Promise<true | undefined> {
  if (!mountsBelow(mountPoint).some(({ fsType }) => fsType === 'fuse.lxcfs')) return undefined;
  const read = run(['cat', join(mountPoint, 'proc/uptime')], { limitMillis: 5000 });
  const finished = await read.catch(() => undefined); // it may hang until it is adopted
  return finished?.status === 0 && finished.stdout !== '' ? true : undefined;
}

function end(pid: number, pids: () => number[], mountPoint: string): void {
  if (isAlive(pid)) signalIfAlive(pid, 'SIGTERM');
  untilSync(() => pids().length === 0, 5000);
  unmountBelow(mountPoint);
  killDaemon({ pid, pids });
}
