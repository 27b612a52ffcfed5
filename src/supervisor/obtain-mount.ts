import type { Logger } from 'pino';
import { unmountFuse } from '../fuse/mount.ts';
import { connect, type Connection } from './connect.ts';
import { clearMountState, makeMountState } from './mount-state.ts';
import { occupied } from './mount-point.ts';
import { endKeeper } from './keeper.ts';
import { writeSession } from '../server/session.ts';
import { endOrphanedServers, findOrphan, orphanedKeeper } from './orphan.ts';
import type { Prepared } from './prepare-start.ts';
import type { Inherited } from './servers.ts';
import { StartError } from './start-error.ts';

/** A mount to serve: a new one, or one whose supervisor died. */
export interface ObtainedMount extends Inherited {
  readonly connection: Connection;
  /** Where what outlives a server is kept. */
  readonly stateDirectory: string;
}

/**
 * Mounts; or, where a server or a keeper outlived the supervisor of what is mounted there, adopts that connection, so that
 * running containers notice nothing. Throws {@link StartError} where somebody else serves it.
 */
export async function obtainMount(prepared: Prepared, log: Logger): Promise<ObtainedMount> {
  const { path: mountPoint, served, answers } = prepared.mountPoint;
  const stateDirectory = makeMountState(prepared.stateDirectory, mountPoint);
  const keeper = orphanedKeeper(stateDirectory);
  if (served !== undefined) {
    const search = findOrphan(stateDirectory);
    switch (search.kind) {
      case 'found': {
        const { fuseFd, session, pid } = search.orphan;
        log.warn({ mountPoint, from: pid }, 'mount of a daemon that died: adopted');
        return {
          connection: { fd: fuseFd, session },
          stateDirectory,
          hostView: session.hostView,
          predecessor: {
            pid,
            end: async () => {
              await endOrphanedServers(stateDirectory);
              endKeeper(keeper, stateDirectory);
            },
          },
        };
      }
      case 'refused':
        log.error(
          { mountPoint, from: search.pid, error: String(search.error) },
          'mount of a daemon that died cannot be adopted: running containers need lxcfs-toolkit remount --all',
        );
        await unmountFuse(mountPoint, { lazy: true });
        await endOrphanedServers(stateDirectory);
        break;
      case 'none':
        if (!answers) throw occupied(mountPoint, served, 'hung');
        throw new StartError(
          'mount-point-in-use',
          `${mountPoint} is a live lxcfs already`,
          'stop that one first',
        );
    }
  }
  endKeeper(keeper, stateDirectory); // of an earlier mount, which nobody can adopt any more
  clearMountState(stateDirectory);
  const connection = await connect(mountPoint);
  // Until a server serves: should all be killed before, the mount can be had from the keeper.
  writeSession(stateDirectory, {
    serverPid: process.pid,
    fuseFd: connection.fd,
    ...connection.session,
    hostView: false,
  });
  log.info({ mountPoint, protocol: connection.session.protocol }, 'mounted');
  return { connection, stateDirectory, hostView: false, predecessor: undefined };
}
