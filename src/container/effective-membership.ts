import type { Membership } from '../cgroup/membership.ts';

/**
 * The cgroups by which a caller is judged: those of its pid namespace's init, since a service of a system container sits
 * below them in a cgroup of its own, and a caller injected from the host anywhere. The exception are containers that share
 * a pid namespace (a pod, `--pid container:X`): where the caller is in a container next to the init's, its own counts.
 * Each controller is judged by itself, since on v1 their paths may differ. Where all are those of the init, so is the result.
 */
export function effectiveMembership(init: Membership, caller: Membership): Membership {
  const own = new Map<string, string>();
  for (const [controller, initPath] of init) {
    const callerPath = caller.get(controller);
    const container = callerPath === undefined ? undefined : siblingContainer(initPath, callerPath);
    if (container !== undefined) own.set(controller, container);
  }
  return own.size === 0 ? init : new Map([...init, ...own]);
}

/** The container-level cgroup of the caller, where that has the same parent as the init's cgroup and is another one. */
function siblingContainer(initPath: string, callerPath: string): string | undefined {
  const parentEnd = initPath.lastIndexOf('/');
  if (parentEnd <= 0) return undefined; // directly below the root anything is a neighbour
  const parent = initPath.slice(0, parentEnd + 1);
  if (!callerPath.startsWith(parent)) return undefined;
  const nameEnd = callerPath.indexOf('/', parent.length);
  const container = nameEnd === -1 ? callerPath : callerPath.slice(0, nameEnd);
  return container === initPath || kindOf(container) !== kindOf(initPath) ? undefined : container;
}

/**
 * What kind of unit systemd has a cgroup for: `/system.slice/cron.service` next to `/system.slice/docker-3f2a.scope` is no
 * container, so that who comes from there was injected.
 */
function kindOf(path: string): string {
  return /\.(?:scope|service|slice)$/.exec(path)?.[0] ?? '';
}
