import { decodePath } from '../procfs/decode-path.ts';

/** The cgroup paths of one process: by v1 controller name, and under '' the one in the v2 hierarchy. */
export type Membership = ReadonlyMap<string, string>;

/**
 * Parses /proc/PID/cgroup (cgroups(7)), read as latin1. Controllers that share a hierarchy (`cpu,cpuacct`) each get an entry.
 * A trailing `/init.scope` is cut off: there systemd as a container's init puts itself, below the container's own group.
 *
 * `4:memory:/docker/3f2a` (v1), `1:name=systemd:/` (named v1), `0::/system.slice/a.service` (v2)
 */
export function parseMembership(text: string): Membership {
  const membership = new Map<string, string>();
  for (const line of text.split('\n')) {
    const first = line.indexOf(':');
    const second = line.indexOf(':', first + 1); // the path itself may hold colons
    if (first === -1 || second === -1) continue;
    const path = withoutInitScope(decodePath(line.slice(second + 1)));
    for (const controller of line.slice(first + 1, second).split(',')) membership.set(controller, path);
  }
  return membership;
}

function withoutInitScope(path: string): string {
  return path.endsWith('/init.scope') ? path.slice(0, -'/init.scope'.length) || '/' : path;
}
