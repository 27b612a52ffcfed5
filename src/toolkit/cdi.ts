import { LXCFS_FILES, RUNC_FILES } from './lxcfs-files.ts';

/** The name by which engines are asked for it: `--device lxcfs/files=all`. */
export const CDI_DEVICE = 'lxcfs/files=all';

/** How the hook is started: absolute paths, since a hook's environment is empty. */
export interface HookCommand {
  readonly path: string;
  readonly args: readonly string[];
}

/**
 * A specification of the Container Device Interface, version 0.5.0: one device that mounts those files which runc agrees
 * to mount, and has a createContainer hook put the others over theirs. `hookOnly` leaves all of them to the hook, which
 * unlike a mount does not keep a container from starting while no lxcfs runs.
 */
export function cdiSpecification(directory: string, hook: HookCommand, hookOnly: boolean): object {
  const bound = [...RUNC_FILES, ...LXCFS_FILES.filter((path) => path.startsWith('/sys/'))];
  const mounts = bound.map((path) => ({
    hostPath: directory + path,
    containerPath: path,
    options: ['bind', 'rw', 'nosuid', 'nodev', 'noexec'],
  }));
  const hooks = [{ hookName: 'createContainer', path: hook.path, args: hook.args, timeout: 10 }];
  const [kind, name] = CDI_DEVICE.split('=');
  return {
    cdiVersion: '0.5.0',
    kind,
    devices: [{ name, containerEdits: hookOnly ? { hooks } : { mounts, hooks } }],
  };
}
