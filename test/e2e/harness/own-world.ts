import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import type { Scope } from './cleanup.ts';
import { output } from './run.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** Of a whole test file. */
const LIMIT_MILLIS = 180_000;

/** Names the world that a test file runs in already. */
const MARK = 'LXCFS_E2E_WORLD';

/**
 * Runs the tests of a test file in pid and mount namespaces of their own, so that a command that is about all containers of
 * the machine finds those of this file alone, and nothing outlives the file. `url` is the file's import.meta.url.
 */
export async function inOwnWorld(url: string, tests: () => void | Promise<void>): Promise<void> {
  t.setTimeout(LIMIT_MILLIS);
  if (process.env[MARK] !== undefined) return tests();
  const unshare = ['--pid', '--mount', '--mount-proc', '--propagation', 'private', '--fork', '--kill-child'];
  // A shell as the first process takes in those whose parents have ended.
  const shell = ['sh', '-c', '"$@"; exit $?', 'sh'];
  await t.spawn(
    'unshare',
    [...unshare, ...shell, process.execPath, ...process.execArgv, fileURLToPath(url)],
    { env: { ...process.env, [MARK]: String(process.pid) } },
    'in its own world',
  );
}

/** Has these directories of the machine be copies in this world, for installing into them. */
export async function copyDirectories(scope: Scope, ...directories: readonly string[]): Promise<void> {
  const layers = temporaryDirectory(scope);
  await output(['mount', '-t', 'tmpfs', 'tmpfs', layers]);
  for (const [index, directory] of directories.entries()) {
    const [upper, work] = [join(layers, `upper${index}`), join(layers, `work${index}`)];
    mkdirSync(upper);
    mkdirSync(work);
    const options = `lowerdir=${directory},upperdir=${upper},workdir=${work}`;
    await output(['mount', '-t', 'overlay', '-o', options, 'overlay', directory]);
  }
}
