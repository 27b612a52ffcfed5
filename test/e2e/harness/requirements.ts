import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What a test needs of the machine: the rights and devices to mount, or a program by its name. */
export type Requirement =
  | 'mounts'
  | 'runc'
  | 'crun'
  | 'lxcfs'
  | 'free'
  | 'qemu-system-x86_64'
  | 'dockerd'
  | 'podman'
  | 'lxc-start'
  | 'systemd-nspawn';

/**
 * The reason why this machine cannot run a test, for tap's `skip` option; false where it can.
 * In CI everything counts as present: what is missing there makes the test fail, not skip.
 */
export function unable(...requirements: readonly Requirement[]): string | false {
  if (process.env['CI']) return false;
  const missing = requirements.map(reasonAgainst).filter((reason) => reason !== undefined);
  return missing.length > 0 && missing.join(', ');
}

function reasonAgainst(requirement: Requirement): string | undefined {
  if (requirement !== 'mounts')
    return isInstalled(requirement) ? undefined : `${requirement} is not installed`;
  if (process.getuid?.() !== 0) return 'mounting and cgroups need root';
  return isAccessible('/dev/fuse') ? undefined : 'there is no /dev/fuse: modprobe fuse';
}

/** True where a program of this name is on the PATH. */
export function isInstalled(program: string): boolean {
  const directories = (process.env['PATH'] ?? '').split(delimiter);
  return directories.some((directory) => isAccessible(join(directory, program), constants.X_OK));
}

function isAccessible(path: string, mode = constants.R_OK | constants.W_OK): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
