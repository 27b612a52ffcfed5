import { readFileSync, writeSync } from 'node:fs';
import { runHook } from '../toolkit/hook.ts';
import { type HookState, parseHookState } from '../toolkit/hook-state.ts';
import { openLog } from '../toolkit/toolkit-log.ts';

/** Options of a hook. */
export interface HookOptions {
  /** Fail where the files cannot be put there. */
  readonly strict: boolean;
  readonly directory: string | undefined;
  readonly logFile: string | undefined;
}

/**
 * Runs the hook on the state on stdin, or on what LXC tells its mount hooks in the environment. Resolves to the exit
 * status: where something fails that is 0 nevertheless, so that the container starts and shows host values; with
 * `strict` it is 1.
 */
export async function hookMain({ strict, directory, logFile }: HookOptions): Promise<0 | 1> {
  const log = await openLog('lxcfs-hook', logFile);
  let id = '';
  try {
    const state = stateFromLxc(process.env) ?? parseHookState(readFileSync(0, 'utf8'));
    id = state.id;
    const paths = await runHook(state, directory);
    if (paths.length === 0) throw new Error(`nothing below ${state.rootfs} can be covered`);
    log.info(`${id}: ${paths.length} files are the container's own`, { paths });
    return 0;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `${id || 'container'} ${strict ? 'is not started' : "starts with the host's files"}: ${reason}`;
    log.error(message);
    writeSync(2, `lxcfs-hook: ${message}\n`);
    return strict ? 1 : 0;
  }
}

/** LXC's mount hooks run inside the container's mount namespace, where its root is at LXC_ROOTFS_MOUNT. */
function stateFromLxc(env: NodeJS.ProcessEnv): HookState | undefined {
  const rootfs = env['LXC_ROOTFS_MOUNT'];
  return rootfs === undefined ? undefined : { id: env['LXC_NAME'] ?? '', pid: 0, rootfs };
}
