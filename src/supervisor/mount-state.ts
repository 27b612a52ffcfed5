import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isOfOneMount } from '../server/state-files.ts';

/**
 * Makes the directory of what outlives a server, below the daemon's own directory and named after the mount point as
 * systemd would (`var-lib-lxcfs`), and returns its path.
 */
export function makeMountState(stateDirectory: string, mountPoint: string): string {
  const path = mountStatePath(stateDirectory, mountPoint);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  forgetEarlierBoot(path);
  return path;
}

/** The path of that directory, which may not be there yet. */
export function mountStatePath(stateDirectory: string, mountPoint: string): string {
  return `${stateDirectory}/${escapePath(mountPoint)}`;
}

/** Where RUNTIME is on a disk: nothing that was true before the machine started is true now. */
function forgetEarlierBoot(path: string): void {
  const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1');
  const kept = `${path}/boot-id`;
  if (existsSync(kept) && readFileSync(kept, 'latin1') === bootId) return;
  for (const name of readdirSync(path)) rmSync(`${path}/${name}`, { recursive: true });
  writeFileSync(kept, bootId);
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
