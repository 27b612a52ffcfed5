import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { isOfOneMount } from '../server/state-files.ts';

/**
 * Makes the directory of what outlives a server, below the daemon's own directory and named after the mount point as
 * systemd would (`var-lib-lxcfs`), and returns its path.
 */
export function makeMountState(stateDirectory: string, mountPoint: string): string {
  const path = `${stateDirectory}/${escapePath(mountPoint)}`;
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}

/** Clears what is about one mount, its requests and open files. What is about containers stays: they may be older. */
export function clearMountState(path: string): void {
  for (const name of readdirSync(path).filter(isOfOneMount)) rmSync(`${path}/${name}`);
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
