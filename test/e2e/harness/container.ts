import { type Background, startBackground } from './background.ts';
import { makeCgroup } from './cgroup.ts';
import { atEnd, type Scope } from './cleanup.ts';
import type { Daemon } from './daemon.ts';
import type { Limits, TestCgroup } from './limits.ts';
import { familyOf, killAndWait } from './processes.ts';
import { type Command, type Finished, output, run, type RunOptions } from './run.ts';

/** A container at its barest: a cgroup with limits, and a pid namespace whose init waits in it. */
export interface Container {
  readonly cgroup: TestCgroup;
  /** The init's pid as this machine numbers it. */
  readonly initPid: number;
  /** The command that runs `command` inside, as an engine's exec does: it joins the cgroup, then the namespaces. */
  command(command: Command): Command;
  run(command: Command, options?: RunOptions): Promise<Finished>;
  /** Standard output of a command inside; rejects unless its exit status is 0. */
  output(command: Command, options?: RunOptions): Promise<string>;
  /** Starts a program inside that goes on in the background. */
  start(t: Scope, command: Command): Background;
}

/** What a container may have besides limits. */
export interface ContainerOptions {
  /** The container has a mount namespace and a /proc of its own, with this daemon's files bound over it. */
  readonly bound?: Daemon;
  /** An existing cgroup instead of a new one. */
  readonly cgroup?: TestCgroup;
  /** The container whose pid namespace is to be the parent of the new one's. */
  readonly inside?: Container;
}

/** Starts a container; its processes and its cgroup go when the test ends. */
export async function startContainer(
  t: Scope,
  limits: Limits,
  options: ContainerOptions = {},
): Promise<Container> {
  const cgroup = options.cgroup ?? makeCgroup(t, limits);
  const { bound, inside: outer } = options;
  const within = outer === undefined ? [] : ['nsenter', '-t', String(outer.initPid), '--pid'];
  const namespaces = bound === undefined ? [] : ['--mount', '--mount-proc', '--propagation', 'private'];
  const unshare = ['unshare', '--pid', '--fork', '--kill-child', ...namespaces];
  const init = ['sh', '-ec', INIT, 'sh', bound?.mountPoint ?? ''];
  const keeper = startBackground(t, joining(cgroup, ...within, ...unshare, ...init));
  await keeper.nextLine();
  const initPid = familyOf(keeper.pid).at(-1) ?? keeper.pid;
  atEnd(t, () => killAndWait([initPid]));
  const enter = ['-t', String(initPid), '--pid', ...(bound === undefined ? [] : ['--mount'])];
  const inside = (command: Command): Command => joining(cgroup, 'nsenter', ...enter, ...command);
  return {
    cgroup,
    initPid,
    command: inside,
    run: (command, runOptions) => run(inside(command), runOptions),
    output: (command, runOptions) => output(inside(command), runOptions),
    start: (startTest, command) => startBackground(startTest, inside(command)),
  };
}

/** A command that joins a cgroup and then becomes `command`. */
export function joining(cgroup: Pick<TestCgroup, 'procsFiles'>, ...command: readonly string[]): Command {
  const join = cgroup.procsFiles.map((file) => `echo $$ >${file}; `).join('');
  return ['sh', '-ec', `${join}exec "$@"`, 'sh', ...command];
}

/** What an init does: binds the files of the mount $1, if there is one, over its own, says that it is there, and waits. */
const INIT = `
if [ -n "$1" ]; then
  cd "$1/proc"
  for file in cpuinfo diskstats loadavg meminfo partitions slabinfo stat swaps uptime; do
    [ ! -e "$file" ] || mount --bind "$file" "/proc/$file" # not every implementation has each of them
  done
  cd /
  mount --bind "$1/sys/devices/system/cpu" /sys/devices/system/cpu
fi
echo ready
exec sleep 3600`;
