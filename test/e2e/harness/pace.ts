import { spawnSync } from 'node:child_process';

/** How many times slower than real hardware this machine is: an emulated one says so in LXCFS_E2E_SLOWNESS. */
export const slowness = Number(process.env['LXCFS_E2E_SLOWNESS'] ?? '1');

/** A number of repetitions, made much smaller on a slow machine, where the reader and the daemon are slow, too. */
export function repetitions(count: number): number {
  return Math.ceil(count / slowness ** 2);
}

/** What the start of a program takes on real hardware that has nothing else to do. */
const START_MILLIS = 60;

/** How many times longer than on real hardware alone things take at this moment; at least 1. */
export function paceNow(): number {
  const startedAt = performance.now();
  for (let start = 0; start < 3; start++) {
    spawnSync(process.execPath, ['--eval', '0'], { env: { ...process.env, NODE_OPTIONS: '' } });
  }
  return Math.max(1, (performance.now() - startedAt) / 3 / START_MILLIS);
}
