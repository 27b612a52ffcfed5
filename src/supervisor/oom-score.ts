import { readFileSync, writeFileSync } from 'node:fs';

const NEVER = -1000;

/**
 * Asks the kernel never to kill this process for memory (oom_score_adj, inherited by the server), since every container's
 * reads depend on it. A value that somebody has set already is left alone, and a refusal (no CAP_SYS_RESOURCE) is normal.
 * Returns the value that is in force.
 */
export function avoidOomKiller(path = '/proc/self/oom_score_adj'): number {
  const before = Number(readFileSync(path, 'latin1'));
  if (before !== 0) return before;
  try {
    writeFileSync(path, String(NEVER));
    return NEVER;
  } catch {
    return before; // containers and user namespaces may only raise it
  }
}
