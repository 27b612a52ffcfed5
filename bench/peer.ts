import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Scope } from '../test/e2e/harness/cleanup.ts';
import { type Daemon, daemonPlace, type DaemonPlace, startDaemon } from '../test/e2e/harness/daemon.ts';
import { repositoryPath } from '../test/e2e/harness/repository.ts';
import { output, run } from '../test/e2e/harness/run.ts';
import { temporaryDirectory } from '../test/e2e/harness/temporary-directory.ts';

/** One of the programs that are compared. */
export interface Peer {
  readonly name: string;
  readonly daemon: Daemon;
}

/** Both sides get the same. */
export const OPTIONS = ['-l', '--enable-cfs'];

/** Names of this repository's daemon, and of its transport alone. */
export const OURS = 'ours';
export const FLOOR = 'floor';

/** A place whose files are in memory, as they are below /run on a real host: a disk would be measured as well. */
export function placeInMemory(scope: Scope): DaemonPlace {
  return daemonPlace(scope, existsSync('/dev/shm') ? '/dev/shm' : undefined);
}

/** Variables by which a daemon runs with a copy of Node: pages of the program that it shared with others would be theirs in part. */
function withOwnNode(scope: Scope): NodeJS.ProcessEnv {
  const directory = temporaryDirectory(scope);
  copyFileSync(process.execPath, join(directory, 'node'));
  return { PATH: `${directory}:${process.env['PATH'] ?? ''}` };
}

/** Starts this repository's daemon first, then the floor, then the others. */
export async function startPeers(scope: Scope, programs: readonly string[]): Promise<Peer[]> {
  const floor = repositoryPath('bench/floor.mjs');
  const peers: Peer[] = [
    {
      name: OURS,
      daemon: await startDaemon(scope, OPTIONS, { place: placeInMemory(scope), env: withOwnNode(scope) }),
    },
    { name: FLOOR, daemon: await startDaemon(scope, [], { peer: floor }) },
  ];
  for (const program of programs) {
    const daemon = await startDaemon(scope, ['-f', ...OPTIONS], { peer: program });
    const { stdout, stderr } = await run([program, '--version']);
    // `5.0.3`, in later versions in quotes
    const version = /\d+(\.\d+)+/.exec(stdout + stderr)?.[0] ?? '';
    peers.push({ name: `${program.split('/').at(-1)} ${version}`.trim(), daemon });
  }
  return peers;
}

/** Whether a peer shows this file at all. Asked of a process that can be given up. */
export async function hasFile({ daemon }: Peer, file: string): Promise<boolean> {
  const { status } = await run(['head', '-c1', daemon.path(file)]);
  return status === 0;
}

/** Binds every thread of a daemon to these CPUs, `0` or `0-3`. */
export async function pin({ daemon }: Peer, cpus: string): Promise<void> {
  for (const pid of daemon.pids()) await output(['taskset', '-a', '-c', '-p', cpus, String(pid)]);
}
