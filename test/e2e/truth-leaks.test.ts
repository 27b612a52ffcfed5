import { readFileSync } from 'node:fs';
import t from 'tap';
import { startContainer } from './harness/container.ts';
import { CONTAINER_FILES, diskCounters, statTicks } from './harness/proc-files.ts';
import { meminfoFields, uptimeSeconds } from './harness/proc-text.ts';
import { parseTexts, program } from './harness/programs.ts';
import { unable } from './harness/requirements.ts';
import { output } from './harness/run.ts';
import { sharedDaemon } from './harness/shared-daemon.ts';
import { ensureSwap } from './harness/swap.ts';
import { startWorker } from './harness/work.ts';

const MIB = 1024 * 1024;

/** Lines of meminfo that tell of the machine, not of what is in use on it. */
const OF_THE_MACHINE = /^(VmallocTotal|Huge)/;

t.test('no number of the host is in any file of a container', { skip: unable('mounts') }, async (t) => {
  await ensureSwap(t, 256);
  const daemon = await sharedDaemon('-l');
  // something of each kind is in use on the host, and in another container
  const other = await startContainer(t, { memoryBytes: 512 * MIB });
  await (await startWorker(t, other)).use(100 * MIB);
  const container = await startContainer(t, { memoryBytes: 64 * MIB, swapBytes: 16 * MIB, cpus: '0' });
  const names = Object.keys(CONTAINER_FILES);
  const reader = container.start(t, program('read-all', ...names.map((name) => daemon.path(name))));
  await reader.nextLine();
  const before = meminfoFields(host('proc/meminfo'));
  reader.send('now');
  const texts = parseTexts(await reader.nextLine());
  const after = meminfoFields(host('proc/meminfo'));
  const text = (name: keyof typeof CONTAINER_FILES): string => texts[names.indexOf(name)] ?? '';

  t.test('every file has the form that it must have', (t) => {
    for (const [name, form] of Object.entries(CONTAINER_FILES))
      t.match(texts[names.indexOf(name)], form, name);
    t.end();
  });

  t.test('memory', (t) => {
    const shown = meminfoFields(text('proc/meminfo'));
    const most = (shown.get('MemTotal') ?? 0) + (shown.get('SwapTotal') ?? 0);
    t.ok(most <= (64 + 64 + 16) * 1024, `${most} kB in all`);
    let compared = 0;
    for (const [name, kb] of shown) {
      if (OF_THE_MACHINE.test(name)) continue;
      t.ok(kb <= most, `${name} ${kb}`);
      const [low, high] = [before.get(name) ?? 0, after.get(name) ?? 0].sort((a, b) => a - b);
      // what is small could be the same by chance
      if (low === undefined || high === undefined || low < 1000) continue;
      compared += 1;
      t.notOk(kb >= low * 0.98 && kb <= high * 1.02, `${name} ${kb}, the host's ${low}`);
    }
    t.ok(compared > 10, `${compared} lines compared`);
    t.end();
  });

  t.test('disks', (t) => {
    const disks = diskCounters(host('proc/diskstats'));
    const shown = diskCounters(text('proc/diskstats'));
    t.ok(disks.size > 0);
    for (const [disk, counters] of disks) {
      const own = shown.get(disk);
      // the container may have read its programs from there, but not most of what anybody has
      if (own !== undefined) t.ok(sectors(own) <= sectors(counters) / 2, `${disk} ${own.join(' ')}`);
      else t.notOk(text('proc/partitions').split(/\s+/).includes(disk), `${disk} in partitions`);
      t.notOk(text('proc/swaps').includes(disk), `${disk} in swaps`);
    }
    const areas = host('proc/swaps').trim().split('\n').slice(1);
    for (const area of areas) t.notOk(text('proc/swaps').includes(area.split(/\s/)[0] ?? ''), area);
    t.end();
  });

  t.test('slabs', async (t) => {
    const caches = (await output(['cat', '/proc/slabinfo']))
      .split('\n')
      .slice(2)
      .map((line) => line.split(' ')[0]);
    const shown = new Set(text('proc/slabinfo').split(/\s+/));
    t.same(
      caches.filter((cache) => cache !== undefined && cache !== '' && shown.has(cache)),
      [],
    );
  });

  t.test('CPU time, age and load', (t) => {
    const { age } = uptimeSeconds(text('proc/uptime'));
    t.ok(age > 0 && age < uptimeSeconds(host('proc/uptime')).age / 2, `${age} s`);
    for (const [cpu, ticks] of statTicks(text('proc/stat')))
      t.ok(ticks.reduce((sum, column) => sum + column, 0) <= (age + 2) * 100, `${cpu} ${ticks.join(' ')}`);
    const [, running, tasks] = / (\d+)\/(\d+) /.exec(text('proc/loadavg')) ?? [];
    t.ok(Number(running) <= 1 && Number(tasks) <= 5, text('proc/loadavg'));
    t.match(text('proc/stat'), /^procs_running [01]\nprocs_blocked 0$/m);
    for (const name of ['cpu', 'io', 'memory'] as const) {
      const [, total] = /total=(\d+)/.exec(text(`proc/pressure/${name}`)) ?? [];
      t.ok(Number(total) <= age * 1_000_000, text(`proc/pressure/${name}`));
    }
    t.end();
  });
});

function host(name: string): string {
  return readFileSync(`/${name}`, 'latin1');
}

/** Sectors read and written. */
function sectors(counters: readonly number[]): number {
  return (counters[2] ?? 0) + (counters[6] ?? 0);
}
