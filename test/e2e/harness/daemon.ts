import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { atEnd } from './cleanup.ts';
import { mountsBelow, unmountBelow } from './mounts.ts';
import { childrenOf, isAlive, killAndWait, pidsWithEnvironment, signalIfAlive } from './processes.ts';
import { repositoryPath } from './repository.ts';
import { collect, run } from './run.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { uniqueName } from './unique-name.ts';
import { until, untilSync } from './wait.ts';

/** A running daemon of a test's own, with its own mount point and runtime directory. */
export interface Daemon {
  readonly mountPoint: string;
  readonly runtimeDirectory: string;
  readonly pidFile: string;
  /** The supervisor's. */
  readonly pid: number;
  /** Everything said on standard error so far. */
  readonly log: () => string;
  /** Absolute path of a file below the mount point. */
  readonly path: (name: string) => string;
}

/** The program under test: the repository's own, or the one that LXCFS_BIN names. */
export const lxcfsProgram = process.env['LXCFS_BIN'] ?? repositoryPath('bin', 'lxcfs');

/** Every process that a test's daemon starts inherits this variable, and so is found at the end. */
const MARK = 'LXCFS_E2E_DAEMON';

/** Starts a daemon with the options and waits until it answers. It is ended when the test ends, by force if need be. */
export async function startDaemon(t: Test, options: readonly string[] = []): Promise<Daemon> {
  const directory = temporaryDirectory(t);
  const mountPoint = join(directory, 'mount');
  const runtimeDirectory = join(directory, 'run');
  const pidFile = join(runtimeDirectory, 'lxcfs.pid');
  mkdirSync(mountPoint);
  mkdirSync(runtimeDirectory);
  const mark = uniqueName();
  const child = spawn(
    lxcfsProgram,
    [...options, '-p', pidFile, `--runtime-dir=${runtimeDirectory}`, mountPoint],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, [MARK]: mark },
    },
  );
  const log = collect(child.stderr);
  const pid = child.pid ?? 0;
  atEnd(t, () => end(pid, mark, mountPoint));
  await until('the first answer of lxcfs', () => answers(mountPoint), 10_000).catch((error: unknown) => {
    throw new Error(`lxcfs does not serve ${mountPoint}:\n${log()}`, { cause: error });
  });
  return { mountPoint, runtimeDirectory, pidFile, pid, log, path: (name) => join(mountPoint, name) };
}

/** The pid of the process that serves the mount: a child of the supervisor that is named lxcfs-server. */
export function serverPid(daemon: Daemon): Promise<number> {
  return until('a process named lxcfs-server', () => {
    return childrenOf(daemon.pid).find(({ name }) => name === 'lxcfs-server')?.pid;
  });
}

async function answers(mountPoint: string): Promise<true | undefined> {
  if (!mountsBelow(mountPoint).some(({ fsType }) => fsType === 'fuse.lxcfs')) return undefined;
  const { status, stdout } = await run(['cat', join(mountPoint, 'proc/uptime')], { limitMillis: 5000 });
  return status === 0 && stdout !== '' ? true : undefined;
}

function end(pid: number, mark: string, mountPoint: string): void {
  if (isAlive(pid)) signalIfAlive(pid, 'SIGTERM');
  untilSync(() => pidsWithEnvironment(MARK, mark).length === 0, 5000);
  unmountBelow(mountPoint);
  killAndWait(pidsWithEnvironment(MARK, mark));
}
