import { availableParallelism } from 'node:os';
import { AgentPool } from './agent-pool.ts';
import type { FoundContainer } from './find-containers.ts';
import type { LiveLxcfs } from './overlay.ts';
import { type ContainerReport, visitContainer } from './visit-containers.ts';

/** Time limit of one mount namespace, of which there is one per container as a rule. */
const LIMIT_MILLIS = 5000;

/** Agents at work at once: as many as CPUs, and more than one, so that a stuck one does not hold up the others. */
const MAX_AGENTS = Math.max(2, Math.min(4, availableParallelism()));

/** Puts the files of a running lxcfs over those of each container; reports in the order of `containers`. */
export function remountContainers(
  containers: readonly FoundContainer[],
  lxcfs: LiveLxcfs,
): Promise<ContainerReport[]> {
  return withPool(containers, (pool, container) =>
    visitContainer(pool, container, (member) => ({ kind: 'remount', member, lxcfs })),
  );
}

/** Takes every lxcfs mount out of each container; reports in the order of `containers`. */
export function umountContainers(containers: readonly FoundContainer[]): Promise<ContainerReport[]> {
  return withPool(containers, (pool, container) =>
    visitContainer(pool, container, (member) => ({ kind: 'umount', member })),
  );
}

async function withPool(
  containers: readonly FoundContainer[],
  visit: (pool: AgentPool, container: FoundContainer) => Promise<ContainerReport>,
): Promise<ContainerReport[]> {
  const pool = new AgentPool(Math.min(MAX_AGENTS, containers.length), LIMIT_MILLIS);
  try {
    return await Promise.all(containers.map((container) => visit(pool, container)));
  } finally {
    pool.close();
  }
}
