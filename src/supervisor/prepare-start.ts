import type { Logger } from 'pino';
import { detectCgroupLayout } from '../cgroup/layout.ts';
import { packageVersion } from './package-version.ts';
import type { LxcfsOptions } from './lxcfs-options.ts';
import { mountStatePath } from './mount-state.ts';
import { type MountPoint, prepareMountPoint } from './mount-point.ts';
import { avoidOomKiller } from './oom-score.ts';
import { hasOrphan } from './orphan.ts';
import { type PidFile, takePidFile } from './pid-file.ts';
import { checkPreconditions } from './preflight.ts';
import { makeStateDirectory } from './runtime-directory.ts';
import { logStart } from './start-log.ts';

/** What a start has in hand before it opens the FUSE device. */
export interface Prepared {
  /** RUNTIME/lxcfs. */
  readonly stateDirectory: string;
  readonly pidFile: PidFile;
  readonly mountPoint: MountPoint;
}

/**
 * All that a start does before it mounts, in the order in which failures are cheapest. Throws {@link StartError}; what was
 * taken by then is given back.
 */
export async function prepareStart(options: LxcfsOptions, log: Logger): Promise<Prepared> {
  logStart(log, packageVersion(), detectCgroupLayout(''), options);
  checkPreconditions();
  const stateDirectory = makeStateDirectory(options.runtimeDirectory);
  const pidFile = takePidFile(options.pidFile, process.pid);
  try {
    const isAdoptable = (path: string): boolean => hasOrphan(mountStatePath(stateDirectory, path));
    const mountPoint = await prepareMountPoint(options.mountPoint, log, isAdoptable);
    log.debug({ oomScoreAdj: avoidOomKiller() }, 'out-of-memory score');
    process.chdir('/');
    return { stateDirectory, pidFile, mountPoint };
  } catch (error) {
    pidFile.remove();
    throw error;
  }
}
