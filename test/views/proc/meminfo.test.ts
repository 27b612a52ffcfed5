import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { COALESCE_MILLIS } from '../../../src/procfs/coalescing.ts';
import { meminfo } from '../../../src/views/proc/meminfo.ts';
import type { ViewOptions } from '../../../src/views/view.ts';
import { FIXTURES, containerIn } from '../../fixture.ts';

const V2 = `${FIXTURES}/v2`;

function valueOf(text: string | undefined, name: string): number {
  return Number(new RegExp(`^${name}: *(\\d+)`, 'm').exec(text ?? '')?.[1]);
}

function namesOf(text: string | undefined): string | undefined {
  return text?.replace(/:.*/g, '');
}

function swapLines(options: Partial<ViewOptions>): string[] | undefined {
  const text = meminfo(containerIn(`${FIXTURES}/v2-swap-residue`, options));
  const lines = text?.split('\n').filter((line) => /^(Swap|Zswap)/.test(line));
  return lines?.map((line) => line.replace(/ +/g, ' '));
}

t.test('the lines of the host in its order, below 4 KiB in all', (t) => {
  const context = containerIn(V2);
  const text = meminfo(context);
  t.equal(namesOf(text), namesOf(context.host.file('/proc/meminfo').read()));
  t.ok((text?.length ?? 0) < 4096);
  t.end();
});

t.test('options', (t) => {
  t.same(swapLines({}), [
    'SwapCached: 2048 kB',
    'SwapTotal: 12288 kB',
    'SwapFree: 0 kB',
    'Zswap: 3072 kB',
    'Zswapped: 9216 kB',
  ]);
  t.same(swapLines({ disableZswap: true })?.slice(3), ['Zswap: 0 kB', 'Zswapped: 0 kB']);
  t.same(swapLines({ disableSwap: true }), [
    'SwapCached: 0 kB',
    'SwapTotal: 0 kB',
    'SwapFree: 0 kB',
    'Zswap: 0 kB',
    'Zswapped: 0 kB',
  ]);
  t.end();
});

t.test('a limit that changes is seen by the next reading, the machine a moment later', async (t) => {
  const root = t.testdir({
    proc: {
      self: { mountinfo: '38 31 0:31 / /cg rw - cgroup2 cgroup2 rw\n' },
      7: { cgroup: '0::/a\n' },
      meminfo: 'MemTotal: 1000000 kB\nSwapTotal: 0 kB\n',
    },
    cg: { a: { 'memory.max': '268435456\n', 'memory.current': '1024\n', 'memory.stat': 'file 1024\n' } },
  });
  const context = containerIn(root);
  t.equal(valueOf(meminfo(context), 'MemTotal'), 262144);
  writeFileSync(`${root}/cg/a/memory.max`, '536870912\n');
  t.equal(valueOf(meminfo(context), 'MemTotal'), 524288);
  writeFileSync(`${root}/proc/meminfo`, 'MemTotal: 400000 kB\nMlocked: 77 kB\nSwapTotal: 0 kB\n');
  await sleep(2 * COALESCE_MILLIS);
  t.equal(valueOf(meminfo(context), 'MemTotal'), 400000);
  t.equal(valueOf(meminfo(context), 'Mlocked'), 0);
});

t.test('the host is shown to who is in no memory cgroup', (t) => {
  const mountinfo = '38 31 0:31 / /cg rw - cgroup2 cgroup2 rw\n';
  for (const [name, path] of [
    ['in the root', '/'],
    ['where the controller is off', '/a'],
    ['in a cgroup that is gone', '/gone (deleted)'],
  ] as const) {
    const root = t.testdir({
      proc: { self: { mountinfo }, 7: { cgroup: `0::${path}\n` }, meminfo: 'MemTotal: 1000000 kB\n' },
      cg: { 'memory.stat': 'file 1\n', a: { 'cgroup.procs': '7\n' } },
    });
    t.equal(meminfo(containerIn(root)), undefined, name);
  }
  t.end();
});
