import { changeDirectory } from '../native/directory.ts';
import { setPropagation } from '../native/mount.ts';
import type { MountInfo } from '../procfs/mountinfo.ts';
import { sharedGroup } from './mount-table.ts';
import { withPlace } from './place.ts';
import type { Visit } from './visit.ts';

/**
 * Keeps what is about to happen on `mount`, in a container, from reaching the host: where it shares its mounts with the
 * host it becomes a slave, which still receives the host's. Throws where it is covered and so out of reach.
 */
export function keepFromHost({ rootFd, table, hostGroups }: Visit, mount: MountInfo): void {
  const group = sharedGroup(mount);
  if (group === undefined || !hostGroups.has(group)) return;
  const done = withPlace(rootFd, mount.mountPoint, ({ fd, parentFd, name }) => {
    if (table.mountOf(fd).id !== mount.id) return false;
    changeDirectory(parentFd);
    setPropagation(name, 'slave');
    return true;
  });
  if (done !== true) {
    throw new Error(`${mount.mountPoint} shares its mounts with the host, and is covered by another mount`);
  }
}
