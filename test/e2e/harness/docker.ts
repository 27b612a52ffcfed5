import { openSync, readFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { atEnd, type Scope } from './cleanup.ts';
import { removeEmptyCgroupsAtEnd } from './empty-cgroups.ts';
import { makeHostImage } from './host-image.ts';
import { familyOf, isAlive, killAndWait, signalIfAlive } from './processes.ts';
import { type Command, output, run } from './run.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { until, untilSync } from './wait.ts';

/** A container engine of a test's own, with an image `host` that runs this machine's programs. */
export interface Engine {
  /** Standard output of the engine's command with these arguments; rejects unless its exit status is 0. */
  output(...args: readonly string[]): Promise<string>;
  /** The engine's command with the arguments that make it this test's. */
  readonly command: Command;
}

/** Starts a dockerd by hand, apart from any other, without networks; it ends with the test, and its containers with it. */
export async function startDocker(t: Scope): Promise<Engine> {
  const directory = temporaryDirectory(t);
  const host = `unix://${join(directory, 'docker.sock')}`;
  const log = join(directory, 'dockerd.log');
  const fd = openSync(log, 'w');
  const child = spawn('dockerd', ['--host', host, ...dockerdArguments(directory)], {
    stdio: ['ignore', fd, fd],
    detached: true,
  });
  const pid = child.pid ?? 0;
  removeEmptyCgroupsAtEnd(t, '/docker');
  atEnd(t, () => end(pid));
  const command: Command = ['docker', '--host', host];
  const docker = (...args: readonly string[]): Promise<string> =>
    output([...command, ...args], { limitMillis: 30_000 });
  const isUp = async (): Promise<true | undefined> =>
    (await run([...command, 'version'])).status === 0 || undefined;
  await until('dockerd', isUp, 20_000).catch((cause: unknown) => {
    throw new Error(readFileSync(log, 'utf8'), { cause });
  });
  await docker('import', await makeHostImage(directory), 'host');
  return { output: docker, command };
}

function dockerdArguments(directory: string): string[] {
  const paths = ['data-root', 'exec-root'].map((name) => `--${name}=${join(directory, name)}`);
  const off = ['iptables', 'ip6tables', 'ip-forward', 'ip-masq', 'userland-proxy'].map(
    (name) => `--${name}=false`,
  );
  return [
    ...paths,
    ...off,
    `--pidfile=${join(directory, 'docker.pid')}`,
    '--bridge=none',
    '--storage-driver=vfs',
    '--exec-opt=native.cgroupdriver=cgroupfs',
    '--oom-score-adjust=0',
  ];
}

/** dockerd takes its containers and its containerd along when it is asked to end. */
function end(pid: number): void {
  const family = familyOf(pid);
  signalIfAlive(pid, 'SIGTERM');
  untilSync(() => !isAlive(pid), 15_000);
  killAndWait(family);
}
