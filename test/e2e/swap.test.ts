import t from 'tap';
import { detectCgroupLayout } from '../../src/cgroup/layout.ts';
import { type Container, startContainer } from './harness/container.ts';
import type { Daemon } from './harness/daemon.ts';
import { meminfoField } from './harness/proc-text.ts';
import { program } from './harness/programs.ts';
import { unable } from './harness/requirements.ts';
import { sharedDaemon } from './harness/shared-daemon.ts';
import { ensureSwap } from './harness/swap.ts';

const MIB = 1024 * 1024;
const LIMITS = { memoryBytes: 64 * MIB, swapBytes: 48 * MIB };
const isV2 = detectCgroupLayout('').kind === 'v2';
/** v1 limits memory and swap together, and that sum is what it calls the container's swap. */
const LIMIT_KB = (isV2 ? 48 : 64 + 48) * 1024;

t.test('swap of a container', { skip: unable('mounts') }, async (t) => {
  await ensureSwap(t, 256);
  const daemon = await sharedDaemon();

  t.test('the limit is the total, and swaps says the same as meminfo', async (t) => {
    const container = await startContainer(t, LIMITS);
    t.same(await swapOf(container, daemon), { total: LIMIT_KB, used: 0, swaps: [LIMIT_KB, 0] });
  });

  t.test('what is swapped out is used', async (t) => {
    const container = await startContainer(t, LIMITS);
    const user = container.start(t, program('use-memory', 90 * MIB));
    await user.nextLine(30_000);
    const { total, used, swaps } = await swapOf(container, daemon);
    t.equal(total, LIMIT_KB);
    t.ok(used >= 24 * 1024 && used <= 48 * 1024, `90 MiB of 64 are in use: ${used} kB are swapped`);
    t.equal(swaps[0], total);
    t.ok(Math.abs((swaps[1] ?? 0) - used) < 4096, `${swaps[1]} kB, and ${used} kB a moment before`);
  });

  t.test('no swap allowed: none is there', { skip: !isV2 && 'v1 counts memory as swap' }, async (t) => {
    const container = await startContainer(t, { ...LIMITS, swapBytes: 0 });
    t.same(await swapOf(container, daemon), { total: 0, used: 0, swaps: [] });
  });

  t.test('-u: no swap, whatever the limit', async (t) => {
    const without = await sharedDaemon('-u');
    const container = await startContainer(t, LIMITS);
    t.same(await swapOf(container, without), { total: 0, used: 0, swaps: [] });
  });
});

/** Swap in kB as meminfo has it, and the size and the use in swaps. */
async function swapOf(
  container: Container,
  daemon: Daemon,
): Promise<{ total: number; used: number; swaps: number[] }> {
  const meminfo = await container.output(['cat', daemon.path('proc/meminfo')]);
  const total = meminfoField(meminfo, 'SwapTotal');
  const [header, ...lines] = (await container.output(['cat', daemon.path('proc/swaps')]))
    .trimEnd()
    .split('\n');
  if (header?.startsWith('Filename\t') !== true || lines.length > 1)
    throw new Error(`swaps: ${[header, ...lines].join('|')}`);
  // `none                                    virtual		114688	0	0`
  const [, , size, used] = lines[0]?.split(/\s+/) ?? [];
  const swaps = size === undefined ? [] : [Number(size), Number(used)];
  return { total, used: total - meminfoField(meminfo, 'SwapFree'), swaps };
}
