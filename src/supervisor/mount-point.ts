import { lstatSync, mkdirSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { Logger } from 'pino';
import { type MountInfo, parseMountInfo } from '../procfs/mountinfo.ts';
import { errnoOf } from '../procfs/kernel-file.ts';
import { type FuseMountState, probeFuseMount } from './probe-mount.ts';
import { runCommand } from './run-command.ts';
import { StartError } from './start-error.ts';

/** A directory to mount on. */
export interface MountPoint {
  /** Without symbolic links. */
  readonly path: string;
  /** The fuse.lxcfs mount that is there already and not dead; undefined where nothing is in the way. */
  readonly served: MountInfo | undefined;
  /** Whether that one answers. One that hangs can be adopted, but is nothing to wait for. */
  readonly answers: boolean;
}

const PROBE_MILLIS = 5_000;
/** Readers may be waiting for a mount to be adopted; that it is dead shows at once. */
const ADOPTION_PROBE_MILLIS = 250;
const UMOUNT_MILLIS = 10_000;

/** Dead mounts that may lie on top of each other before something else must be wrong. */
const MOST_DEAD_MOUNTS = 32;

/**
 * Makes a directory ready to be mounted on: creates it below an existing parent, and clears away mounts whose daemon is
 * gone. Never touches a FUSE mount from within this process, which a daemon that does not answer would hang for ever.
 * `isAdoptable` tells whether the mount at a path can be had from the daemon that made it. Throws {@link StartError}.
 */
export async function prepareMountPoint(
  wanted: string,
  log: Logger,
  isAdoptable: (path: string) => boolean = () => false,
): Promise<MountPoint> {
  for (let cleared = 0; cleared < MOST_DEAD_MOUNTS; cleared++) {
    const place = locate(wanted, 0);
    const mount = place.mount;
    if (mount === undefined || !mount.fsType.startsWith('fuse')) {
      makeDirectory(place.path);
      return { path: place.path, served: undefined, answers: false };
    }
    const limitMillis = isAdoptable(place.path) ? ADOPTION_PROBE_MILLIS : PROBE_MILLIS;
    const state = await probeFuseMount(place.path, limitMillis);
    if (state !== 'dead' && mount.fsType === 'fuse.lxcfs')
      return { path: place.path, served: mount, answers: state === 'answers' };
    if (state !== 'dead') throw occupied(place.path, mount, state);
    log.warn({ mountPoint: place.path, type: mount.fsType }, 'dead mount of a daemon that is gone: cleared');
    await lazyUnmount(place.path);
  }
  throw new StartError('mount-point-hung', `${wanted} stays a dead mount`, `umount -l ${wanted}`);
}

interface Place {
  readonly path: string;
  /** The topmost mount that begins at the path. */
  readonly mount: MountInfo | undefined;
}

/** Follows symbolic links up to, but never into, a mount at the path. */
function locate(path: string, links: number): Place {
  const parent = realParent(path);
  const real = parent === '/' ? `/${basename(path)}` : `${parent}/${basename(path)}`;
  const mounts = parseMountInfo(readFileSync('/proc/self/mountinfo', 'latin1'));
  const mount = mounts.findLast(({ mountPoint }) => mountPoint === real);
  if (mount === undefined && isLink(real) && links < 40) {
    return locate(resolve(parent, readlinkSync(real)), links + 1);
  }
  return { path: real, mount };
}

function realParent(path: string): string {
  try {
    const parent = realpathSync(dirname(path));
    statSync(`${parent}/.`); // ENOTDIR where it is no directory
    return parent;
  } catch (error) {
    throw cannotMake(path, error);
  }
}

function cannotMake(path: string, cause: unknown): StartError {
  return new StartError(
    'mount-point-missing',
    `mount point ${path} cannot be made (${errnoOf(cause)})`,
    `mkdir -p ${path}`,
    { cause },
  );
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

function makeDirectory(path: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory()) return;
  if (stats !== undefined) {
    throw new StartError('mount-point-not-directory', `${path} is not a directory`, 'name a directory');
  }
  try {
    mkdirSync(path, { mode: 0o755 });
  } catch (error) {
    throw cannotMake(path, error);
  }
}

/** A mount that is in the way of a start. */
export function occupied(path: string, mount: MountInfo, state: Exclude<FuseMountState, 'dead'>): StartError {
  return state === 'answers'
    ? new StartError(
        'mount-point-in-use',
        `${path} is a mount of type ${mount.fsType}, which answers`,
        `umount ${path}, or choose another mount point`,
      )
    : new StartError(
        'mount-point-hung',
        `${path} is a mount of type ${mount.fsType} that does not answer within ${PROBE_MILLIS / 1000} s`,
        `end the daemon that serves it, or umount -l ${path}`,
      );
}

async function lazyUnmount(path: string): Promise<void> {
  const result = await runCommand('umount', ['-l', path], UMOUNT_MILLIS);
  if (result.kind === 'exited' && result.status === 0) return;
  const reason = result.kind === 'exited' ? result.stderr : result.kind;
  throw new StartError('mount-point-hung', `dead mount at ${path} stays (${reason})`, `umount -l ${path}`);
}
