import { existsSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { detectCgroupLayout } from '../../../src/cgroup/layout.ts';
import { topOf } from './cgroup-directory.ts';
import { atEnd, type Scope } from './cleanup.ts';
import { untilSync } from './wait.ts';

/**
 * Has the cgroups that an engine makes at `path` in every hierarchy go at the test's end, with those below; those in which
 * there is still a process stay.
 */
export function removeEmptyCgroupsAtEnd(t: Scope, path: string): void {
  const { v1, v2 } = detectCgroupLayout('');
  const hierarchies = new Set([...v1.values(), ...(v2 ? [v2] : [])]);
  const tops = new Set([...hierarchies].map(topOf));
  atEnd(t, () => {
    const directories = [...tops].map((top) => join(top, path));
    // processes that have just been killed are members for a moment yet
    untilSync(() => directories.map(isRemoved).every(Boolean), 2000);
  });
}

/** Removes a cgroup and those below it; false where one of them is in use, perhaps by an engine of the machine's own. */
function isRemoved(directory: string): boolean {
  if (!existsSync(directory)) return true;
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    for (const entry of entries) if (entry.isDirectory()) isRemoved(join(directory, entry.name));
    rmdirSync(directory);
    return true;
  } catch {
    return false; // EBUSY
  }
}
