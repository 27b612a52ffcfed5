import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { atEnd, type Scope } from './cleanup.ts';
import { output } from './run.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** Sees to it that this machine has swap space: a file of `mebibytes`, until the test's end, where there is none. */
export async function ensureSwap(t: Scope, mebibytes: number): Promise<void> {
  const hasSwap = readFileSync('/proc/swaps', 'latin1').trim().includes('\n');
  if (hasSwap) return;
  const file = join(temporaryDirectory(t), 'swap');
  await output(['dd', 'if=/dev/zero', `of=${file}`, 'bs=1M', `count=${mebibytes}`]);
  await output(['chmod', '600', file]);
  await output(['mkswap', file]);
  await output(['swapon', file]);
  atEnd(t, () => {
    const { status, stderr } = spawnSync('swapoff', [file], { timeout: 60_000, encoding: 'utf8' });
    if (status !== 0) throw new Error(`swapoff ${file}: ${stderr}`);
  });
}
