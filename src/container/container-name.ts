import { statSync } from 'node:fs';
import type { Container } from './container.ts';

/**
 * A file name for what is kept about a container and its cgroup in `directory`, and about no other one ever: a cgroup and an init
 * of the same names that come later have another inode and another start. `4711-89141-2304`; both pid and start are 0 in the
 * daemon's own pid namespace.
 */
export function containerName({ initPid = 0, initStartTicks = 0 }: Container, directory: string): string {
  const inode = statSync(directory, { throwIfNoEntry: false })?.ino ?? 0;
  return [initPid, initStartTicks, inode].join('-'); // of one piece: it is kept
}
