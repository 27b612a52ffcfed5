import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { argumentsOf, descriptorLink, descriptorsOf } from '../../../src/procfs/processes.ts';
import type { Daemon } from './daemon.ts';
import { isAlive } from './processes.ts';
import { until } from './wait.ts';

/** The directory in which a daemon keeps what is about its one mount. */
export function mountStateDirectory({ runtimeDirectory }: Pick<Daemon, 'runtimeDirectory'>): string {
  const [name, ...others] = readdirSync(join(runtimeDirectory, 'lxcfs'));
  if (name === undefined || others.length > 0) throw new Error(`not one mount in ${runtimeDirectory}`);
  return join(runtimeDirectory, 'lxcfs', name);
}

/** The pid of the server that takes the requests, by the daemon's own record; undefined while there is none. */
export function serverAtWork(daemon: Pick<Daemon, 'runtimeDirectory'>): number | undefined {
  const record: { serverPid: number } = JSON.parse(
    readFileSync(join(mountStateDirectory(daemon), 'session.json'), 'utf8'),
  );
  return isAlive(record.serverPid) ? record.serverPid : undefined;
}

/** As {@link serverAtWork}, once there is one. */
export function serverPid(daemon: Daemon): Promise<number> {
  return until('a server', () => serverAtWork(daemon));
}

/** The pid of the process that only holds the mount, once there is one. */
export function keeperPid(daemon: Daemon): Promise<number> {
  const find = (): number | undefined =>
    holders(daemon).find((pid) => argumentsOf(pid).includes('lxcfs-keeper'));
  return until('a keeper', find, 15_000);
}

/** The processes of a daemon that keep its mount alive, as they have a descriptor of /dev/fuse. */
export function holders(daemon: Daemon): number[] {
  return daemon.pids().filter((pid) => descriptors(pid).includes('/dev/fuse'));
}

/** What the descriptors of a process stand for; none where it has ended. */
export function descriptors(pid: number): string[] {
  return descriptorsOf(pid).map((fd) => descriptorLink(pid, fd) ?? '');
}
