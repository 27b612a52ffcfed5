import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type MountInfo, parseMountInfo } from '../../../src/procfs/mountinfo.ts';

/** The mounts at or below a directory, in the order in which they were made. Looks at no file system but /proc. */
export function mountsBelow(directory: string): MountInfo[] {
  return parseMountInfo(readFileSync('/proc/self/mountinfo', 'latin1')).filter(
    ({ mountPoint }) => mountPoint === directory || mountPoint.startsWith(`${directory}/`),
  );
}

/** Lazily unmounts everything at or below a directory; a dead or hung file system is no obstacle. */
export function unmountBelow(directory: string): void {
  for (const { mountPoint } of mountsBelow(directory).toReversed()) {
    const { status, stderr } = spawnSync('umount', ['-l', mountPoint], { timeout: 5000, encoding: 'utf8' });
    if (status !== 0) throw new Error(`umount -l ${mountPoint}: ${stderr}`);
  }
}
