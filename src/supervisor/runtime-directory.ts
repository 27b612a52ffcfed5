import { chmodSync, existsSync, lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { errnoOf } from '../procfs/kernel-file.ts';
import { StartError } from './start-error.ts';

/**
 * Makes `runtimeDirectory`/lxcfs where it is missing, for root alone (0700), and returns its path, without symbolic links.
 * Throws {@link StartError}.
 */
export function makeStateDirectory(runtimeDirectory: string): string {
  const path = `${runtimeDirectory}/lxcfs`;
  try {
    if (!existsSync(runtimeDirectory)) makeWithParents(runtimeDirectory);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    // What another user or a symbolic link put there is not trusted with the daemon's state.
    const stats = lstatSync(path);
    if (!stats.isDirectory()) throw new TypeError('it is not a directory');
    if (stats.uid !== process.geteuid?.()) throw new TypeError(`it belongs to uid ${stats.uid}`);
    chmodSync(path, 0o700);
    return realpathSync(path);
  } catch (error) {
    const reason = errnoOf(error) || (error instanceof Error ? error.message : String(error));
    throw new StartError(
      'runtime-directory',
      `${path} cannot be used as the directory for state (${reason})`,
      'remove it, or choose another place with --runtime-dir',
      { cause: error },
    );
  }
}

/** The package is loaded here alone: a daemon has it in memory for good, and the runtime directory is there as a rule. */
function makeWithParents(directory: string): void {
  // Node's recursive mkdir would never end there.
  if (`${resolve(directory)}/`.startsWith('/proc/')) throw new TypeError('nothing can be made in /proc');
  const { ensureDirSync }: typeof import('fs-extra') = createRequire(import.meta.url)('fs-extra');
  ensureDirSync(directory);
}
