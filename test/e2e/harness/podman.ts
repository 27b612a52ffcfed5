import { join } from 'node:path';
import { atEnd, type Scope } from './cleanup.ts';
import type { Engine } from './docker.ts';
import { removeEmptyCgroupsAtEnd } from './empty-cgroups.ts';
import { makeHostImage } from './host-image.ts';
import { allProcesses, killAndWait } from './processes.ts';
import { type Command, output } from './run.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** Prepares podman with a storage of the test's own, by runc and without networks; its containers end with the test. */
export async function startPodman(t: Scope): Promise<Engine> {
  const directory = temporaryDirectory(t);
  const places = ['root', 'runroot', 'tmpdir'].map((name) => `--${name}=${join(directory, name)}`);
  const global = [...places, '--runtime=/usr/sbin/runc', '--cgroup-manager=cgroupfs', '--storage-driver=vfs'];
  const command: Command = ['podman', ...global];
  const podman = (...args: readonly string[]): Promise<string> =>
    output([...command, ...args], { limitMillis: 30_000 });
  removeEmptyCgroupsAtEnd(t, '/libpod_parent');
  // conmon watches each container; with it gone nothing restarts or cleans up behind the test's back
  atEnd(t, () => {
    const monitors = allProcesses().filter(({ name }) => name === 'conmon');
    killAndWait(monitors.map(({ pid }) => pid));
  });
  await podman('import', await makeHostImage(directory), 'host');
  return { output: podman, command };
}

/** Options of `podman run` that a machine without networks and without the right to raise limits needs. */
export const PODMAN_RUN: readonly string[] = [
  '--network=none',
  '--ulimit=nofile=1024:1024',
  '--ulimit=nproc=1024:1024',
];
