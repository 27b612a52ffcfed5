import type { Membership } from '../cgroup/membership.ts';

/**
 * The cgroups by which a caller is judged: those of its pid namespace's init, since a service of a system container sits
 * below them in a cgroup of its own, and a caller injected from the host anywhere. The exception are containers that share
 * a pid namespace (a pod, `--pid container:X`): where the caller is in a container next to the init's, its own counts.
 * Each controller is judged by itself, since on v1 their paths may differ.
 */
export function effectiveMembership(init: Membership, caller: Membership): Membership {
  const effective = new Map<string, string>();
  for (const [controller, initPath] of init) {
    const callerPath = caller.get(controller);
    const own = callerPath !== undefined && siblingContainer(initPath, callerPath);
    effective.set(controller, own || initPath);
  }
  return effective;
}

/** The container-level cgroup of the caller, where that has the same parent as the init's cgroup and is another one. */
function siblingContainer(initPath: string, callerPath: string): string | false {
  const parentEnd = initPath.lastIndexOf('/');
  if (parentEnd <= 0) return false; // directly below the root anything is a neighbour
  const parent = initPath.slice(0, parentEnd + 1);
  if (!callerPath.startsWith(parent)) return false;
  const nameEnd = callerPath.indexOf('/', parent.length);
  const container = nameEnd === -1 ? callerPath : callerPath.slice(0, nameEnd);
  return container !== initPath && container;
}
