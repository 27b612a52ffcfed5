import type { DaemonPlace } from './daemon.ts';
import { repositoryPath } from './repository.ts';
import { type Command, type Finished, run } from './run.ts';

/** The program under test. */
export const toolkitProgram = repositoryPath('bin', 'lxcfs-toolkit');

/** The hook under test, by the path that a container's configuration names. */
export const hookProgram = repositoryPath('bin', 'lxcfs-hook');

/** Runs lxcfs-toolkit, about this daemon's mount. */
export function toolkit(place: DaemonPlace, ...args: readonly string[]): Promise<Finished> {
  return run([toolkitProgram, `--lxcfs=${place.mountPoint}`, ...args], { limitMillis: 30_000 });
}

/** What `remount` and `umount` report with --json of each container. */
export interface ToolkitReport {
  readonly id: string;
  readonly engine: string;
  readonly pid: number;
  readonly status: string;
  readonly placed: number;
  readonly removed: number;
}

/** Runs remount or umount with --json; rejects unless it ends with 0. */
export async function toolkitReports(
  daemon: DaemonPlace,
  ...args: readonly string[]
): Promise<readonly ToolkitReport[]> {
  const { status, stdout, stderr } = await toolkit(daemon, '--json', ...args);
  if (status !== 0) throw new Error(`lxcfs-toolkit ${args.join(' ')}: exit ${status}\n${stderr}${stdout}`);
  const reports: readonly ToolkitReport[] = JSON.parse(stdout);
  return reports;
}

/** A command that prints the lxcfs mount points in a container, one a line. */
export const LIST_LXCFS: Command = ['sh', '-c', "grep ' fuse.lxcfs ' /proc/self/mounts | cut -d ' ' -f 2"];
