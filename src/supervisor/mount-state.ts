import { mkdirSync, rmSync } from 'node:fs';
import { openFilesPath } from '../server/state-files.ts';

/**
 * Makes the directory of what outlives a server, below the daemon's own directory and named after the mount point as
 * systemd would (`var-lib-lxcfs`), and clears what belonged to an earlier mount there.
 */
export function prepareMountState(stateDirectory: string, mountPoint: string): string {
  const path = `${stateDirectory}/${escapePath(mountPoint)}`;
  mkdirSync(path, { recursive: true, mode: 0o700 });
  rmSync(openFilesPath(path), { force: true });
  return path;
}

/** `/var/lib/my dir` -> `var-lib-my\x20dir` (systemd-escape(1)). */
function escapePath(path: string): string {
  const escaped = [...Buffer.from(path.replace(/^\/+|\/+$/g, ''))].map((byte) => {
    const character = String.fromCharCode(byte);
    if (character === '/') return '-';
    return /[\w:.]/.test(character) ? character : `\\x${byte.toString(16).padStart(2, '0')}`;
  });
  return escaped.join('').replace(/^\./, '\\x2e') || '-';
}
