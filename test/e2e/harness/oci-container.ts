import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { detectCgroupLayout } from '../../../src/cgroup/layout.ts';
import { type Background, startBackground } from './background.ts';
import { atEnd, type Scope } from './cleanup.ts';
import type { Daemon } from './daemon.ts';
import type { Limits } from './limits.ts';
import { type BundleExtras, makeBundle } from './oci-bundle.ts';
import { type Command, output, run } from './run.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { uniqueName } from './unique-name.ts';
import { until } from './wait.ts';

/** How a container of an OCI runtime is to be. */
export interface OciOptions extends BundleExtras {
  readonly runtime: 'runc' | 'crun';
  /** Whose files are bound over the container's own; none if left out. */
  readonly daemon?: Pick<Daemon, 'path'>;
  readonly limits: Limits;
  readonly userNamespace?: boolean;
}

/** A container that an OCI runtime runs, with the daemon's files bound over its own. */
export interface OciContainer {
  /** Its id, which is the last name of its cgroup, too. */
  readonly name: string;
  /** The pid of its init. */
  readonly pid: number;
  /** The container's own directory; its root directory is `rootfs` in it. */
  readonly directory: string;
  /** Standard output of a command that runs inside as this user. */
  output(user: number, command: Command): Promise<string>;
  /** Starts a program inside in the background. */
  start(t: Scope, user: number, command: Command): Background;
  /** Changes the memory limit, and that of memory and swap together to the same. */
  updateMemory(bytes: number): Promise<void>;
  /** Ends and removes it. */
  stop(): Promise<void>;
}

/** Starts a container by an OCI runtime; the test's end removes it and its cgroups. */
export async function startOciContainer(t: Scope, options: OciOptions): Promise<OciContainer> {
  const { runtime, userNamespace = false, ...bundle } = options;
  const name = uniqueName();
  const directory = temporaryDirectory(t);
  await makeBundle(directory, { ...bundle, userNamespace, cgroupPath: `/${name}` });
  const oci = (...args: string[]): Command =>
    runtimeCommand(runtime, ['--root', join(directory, 'state'), ...args]);
  const main = startBackground(t, oci('run', '--bundle', directory, name));
  atEnd(t, () => remove(oci('delete', '--force', name)));
  const pid = await until(`a running ${runtime} container`, async () => {
    const state = (await run(oci('state', name))).stdout;
    if (state.includes('"running"')) return Number(/"pid": (\d+)/.exec(state)?.[1]);
    main.assertRunning();
    return undefined;
  });
  const inside = (user: number, command: Command): Command =>
    oci('exec', '--user', `${user}:${user}`, name, ...command);
  return {
    name,
    pid,
    directory,
    output: (user, command) => output(inside(user, command)),
    start: (startTest, user, command) => startBackground(startTest, inside(user, command)),
    stop: async () => {
      await output(oci('delete', '--force', name));
    },
    updateMemory: async (bytes) => {
      await output(oci('update', '--memory', String(bytes), '--memory-swap', String(bytes), name));
    },
  };
}

/** crun refuses a hybrid layout: it is shown a pure v1 one, in a mount namespace of its own. */
function runtimeCommand(runtime: OciOptions['runtime'], args: readonly string[]): Command {
  const { kind, v2 } = detectCgroupLayout('');
  const unified = v2?.mounts[0]?.mountPoint;
  if (runtime === 'runc' || kind !== 'hybrid' || unified === undefined) return [runtime, ...args];
  const script = 'mount -t tmpfs -o size=4k tmpfs "$1" && shift && exec "$@"';
  return [
    'unshare',
    '--mount',
    '--propagation',
    'slave',
    'sh',
    '-c',
    script,
    'sh',
    unified,
    runtime,
    ...args,
  ];
}

function remove([file, ...args]: Command): void {
  const { status, stderr } = spawnSync(file, args, { timeout: 10_000, encoding: 'utf8' });
  // `crun run`, in the foreground, removes the container itself when its init ends, at the same time
  if (status !== 0 && !/No such file or directory|does not exist/.test(stderr))
    throw new Error(`${file} ${args.join(' ')}: ${stderr}`);
}
