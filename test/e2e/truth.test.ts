import { statfsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { detectCgroupLayout } from '../../src/cgroup/layout.ts';
import { type Container, startContainer } from './harness/container.ts';
import { makeDisk } from './harness/disk.ts';
import { slowness } from './harness/pace.ts';
import { type StatTicks, diskCounters, statTicks } from './harness/proc-files.ts';
import { meminfoFields, uptimeSeconds } from './harness/proc-text.ts';
import { parseTexts, program } from './harness/programs.ts';
import { unable } from './harness/requirements.ts';
import { output } from './harness/run.ts';
import { sharedDaemon } from './harness/shared-daemon.ts';
import { temporaryDirectory } from './harness/temporary-directory.ts';
import { startWorker } from './harness/work.ts';

const MIB = 1024 * 1024;
const isV2 = detectCgroupLayout('').kind === 'v2';
/** File systems that are no disks, or may not be: tmpfs, overlay. */
const IN_MEMORY = new Set([0x0102_1994, 0x794c_7630]);
/** An emulated machine has less time for each. */
const BURN_SECONDS = slowness > 1 ? 2 : 5;

/** An emulated machine cannot be sure of as much. */
const QUOTA = slowness > 1 ? 0.5 : 1.5;

t.setTimeout(180_000 * slowness);

t.test('what containers do is what their files say', { skip: unable('mounts') }, async (t) => {
  t.jobs = 2; // the first waits for the load to rise, which the others can do beside it
  const daemon = await sharedDaemon('-l');
  const read = (container: Container, name: string): Promise<string> =>
    container.output(['cat', daemon.path(`proc/${name}`)]);

  /** By how many kB the lines of meminfo change while something is done. */
  async function memoryGrowth(
    container: Container,
    work: () => Promise<void>,
  ): Promise<(name: string) => number> {
    const before = meminfoFields(await read(container, 'meminfo'));
    await work();
    const after = meminfoFields(await read(container, 'meminfo'));
    return (name) => (after.get(name) ?? Number.NaN) - (before.get(name) ?? Number.NaN);
  }

  /** Starts a reader of the ticks that pass while something is done. It uses next to none itself. */
  async function startTickReader(
    container: Container,
  ): Promise<(work: () => Promise<unknown>) => Promise<TickGrowth>> {
    const paths = ['uptime', 'stat', 'uptime'].map((name) => daemon.path(`proc/${name}`));
    const reader = container.start(t, program('read-all', ...paths));
    await reader.nextLine();
    const now = async (): Promise<{ age: number; ticks: StatTicks }> => {
      reader.send('again');
      const [before = '', stat = '', after = ''] = parseTexts(await reader.nextLine());
      const age = (uptimeSeconds(before).age + uptimeSeconds(after).age) / 2;
      return { age, ticks: statTicks(stat) };
    };
    await now(); // the first reads of a container take longer
    return async (work) => {
      const before = await now();
      await work();
      const after = await now();
      const grown = (cpu: string, column: number): number =>
        (after.ticks.get(cpu)?.[column] ?? Number.NaN) - (before.ticks.get(cpu)?.[column] ?? Number.NaN);
      return {
        ageTicks: Math.round((after.age - before.age) * 100),
        cpus: after.ticks.size - 1,
        busyTicks: (cpu) => BUSY_COLUMNS.reduce((sum, column) => sum + grown(cpu, column), 0),
        idleTicks: (cpu) => grown(cpu, IDLE_COLUMN),
      };
    };
  }

  t.test('runnable tasks drive the load averages along the curve of the kernel', async (t) => {
    const container = await startContainer(t, {});
    // from outside of the cgroup: a reader in it would be a task that runs
    const readFromOutside = (name: string): Promise<string> =>
      output(['nsenter', '-t', String(container.initPid), '--pid', 'cat', daemon.path(`proc/${name}`)]);
    const loads = async (): Promise<number[]> => (await readFromOutside('loadavg')).split(/[ /]/).map(Number);
    t.same((await loads()).slice(0, 3), [0, 0, 0], 'nothing ran when it was first read');
    const started = Array.from({ length: BURNERS }, () =>
      container.start(t, ['sh', '-c', 'echo ready; while :; do :; done']),
    );
    await Promise.all(started.map((burner) => burner.nextLine()));
    container.cgroup.limit({ quota: 0.2 }); // a task that waits for its quota is still runnable
    const seen = [await loads()];
    for (const deadline = Date.now() + 60_000; seen.length < 4 && Date.now() < deadline; await sleep(200)) {
      const now = await loads();
      if (now[0] !== seen.at(-1)?.[0]) seen.push(now);
    }
    t.equal(seen.length, 4, 'three steps were seen');
    for (const [index, [one = 0, five = 0, fifteen = 0, running]] of seen.slice(1).entries()) {
      const [oneBefore = 0, fiveBefore = 0, fifteenBefore = 0] = seen[index] ?? [];
      // a pass may be late, and then make two steps at once
      const steps = [1, 2, 3].find((count) => isAlong(oneBefore, one, 1, count)) ?? 0;
      t.ok(steps > 0, `from ${oneBefore} to ${one}, along the curve of 1 minute`);
      t.ok(isAlong(fiveBefore, five, 5, steps), `from ${fiveBefore} to ${five}, along that of 5 minutes`);
      t.ok(isAlong(fifteenBefore, fifteen, 15, steps), `${fifteenBefore} to ${fifteen}: of 15 minutes`);
      t.equal(running, BURNERS);
    }
    t.match(await readFromOutside('stat'), /^procs_running 3$/m);
  });

  t.test('100 MB of memory are in the lines of memory that is in use', async (t) => {
    const container = await startContainer(t, { memoryBytes: 256 * MIB });
    const worker = await startWorker(t, container);
    const growth = await memoryGrowth(container, () => worker.use(100 * MIB));
    for (const name of ['AnonPages', 'Committed_AS'])
      t.ok(isAbout(growth(name), 100), `${name} ${growth(name)}`);
    const lru = growth('Active(anon)') + growth('Inactive(anon)');
    t.ok(isAbout(lru, 100), `(anon) ${lru}`);
    t.ok(isAbout(growth('Active') + growth('Inactive'), 100), 'Active and Inactive');
    for (const name of ['MemFree', 'MemAvailable'])
      t.ok(isAbout(growth(name), -100), `${name} ${growth(name)}`);
    for (const name of ['MemTotal', 'Cached', 'Shmem', 'Mapped', 'SwapTotal', 'SwapFree', 'Slab'])
      t.ok(isAbout(growth(name), 0), `${name} ${growth(name)}`);
  });

  t.test('60 MB of files in memory are in the lines of shared memory', async (t) => {
    const container = await startContainer(t, { memoryBytes: 256 * MIB });
    const worker = await startWorker(t, container);
    const file = `/dev/shm${temporaryDirectory(t).replaceAll('/', '-')}`;
    const growth = await memoryGrowth(container, () => worker.write(file, 60 * MIB));
    await container.output(['rm', file]);
    for (const name of ['Shmem', 'Cached']) t.ok(isAbout(growth(name), 60), `${name} ${growth(name)}`);
    for (const name of ['MemFree', 'MemAvailable'])
      t.ok(isAbout(growth(name), -60), `${name} ${growth(name)}`);
    t.ok(isAbout(growth('AnonPages'), 0), `AnonPages ${growth('AnonPages')}`);
  });

  t.test('60 MB of page cache are available', async (t) => {
    const container = await startContainer(t, { memoryBytes: 256 * MIB });
    const worker = await startWorker(t, container);
    const directory = temporaryDirectory(t);
    const disk = await makeDisk(t, 64);
    const growth = await memoryGrowth(container, () =>
      IN_MEMORY.has(statfsSync(directory).type)
        ? worker.read(disk.path, 60 * MIB)
        : worker.write(`${directory}/file`, 60 * MIB),
    );
    t.ok(isAbout(growth('Cached'), 60), `Cached ${growth('Cached')}`);
    t.ok(isAbout(growth('Active(file)') + growth('Inactive(file)'), 60), 'Active(file) and Inactive(file)');
    // the kernel's own lists of these pages are as available on v2 alone, where they are counted
    const available = growth('MemAvailable');
    t.ok(available > -6 * 1024 && available < 2 * 1024, `MemAvailable ${available}`);
    for (const name of ['Shmem', 'AnonPages', 'Buffers'])
      t.ok(isAbout(growth(name), 0), `${name} ${growth(name)}`);
    t.ok(growth('MemFree') < -58 * 1024, `MemFree ${growth('MemFree')}`);
  });

  t.test('half a CPU is that many ticks, and the rest is idle', async (t) => {
    const container = await startContainer(t, { isUrgent: true });
    const worker = await startWorker(t, container);
    const growthDuring = await startTickReader(container);
    const lastCpu = availableParallelism() - 1;
    await worker.pin(lastCpu);
    let used = 0;
    const growth = await growthDuring(async () => {
      used = 100 * (await worker.burn(BURN_SECONDS / 2, BURN_SECONDS));
    });
    const { ageTicks, cpus } = growth;
    const [busy, idle] = [growth.busyTicks('cpu'), growth.idleTicks('cpu')];
    t.ok(isWithin(busy, used, 0.05), `${busy} ticks in use of ${used}`);
    t.ok(isWithin(busy + idle, cpus * ageTicks, 0.02), `${busy} in use and ${idle} idle in ${ageTicks}`);
    const pinned = growth.busyTicks(`cpu${lastCpu}`);
    t.ok(isWithin(pinned, isV2 ? used / cpus : used, 0.05), `${pinned} of them on the CPU that was used`);
  });

  t.test(`a quota of ${QUOTA} CPUs that is used up leaves nothing idle`, async (t) => {
    const container = await startContainer(t, { quota: QUOTA, isUrgent: true });
    const workers = [await startWorker(t, container), await startWorker(t, container)];
    const growthDuring = await startTickReader(container);
    let used = 0;
    const growth = await growthDuring(async () => {
      const burns = workers.map((worker) => worker.burn((QUOTA * BURN_SECONDS) / 2, 0.01));
      for (const seconds of await Promise.all(burns)) used += 100 * seconds;
    });
    const capacity = Math.min(QUOTA, growth.cpus) * growth.ageTicks;
    const [busy, idle] = [growth.busyTicks('cpu'), growth.idleTicks('cpu')];
    t.ok(isWithin(busy, used, 0.05), `${busy} ticks in use of ${used}`);
    t.ok(isWithin(busy + idle, capacity, 0.02), `${idle} idle, of ${capacity}`);
    t.ok(idle <= capacity * 0.05 + 3 * slowness, `${idle} idle, of ${capacity}`);
  });

  t.test('CPUs that go and come back count on', async (t) => {
    const container = await startContainer(t, { cpus: '0-1' });
    const growthDuring = await startTickReader(container);
    await growthDuring(() => sleep(500));
    container.cgroup.limit({ cpus: '0' });
    t.equal((await growthDuring(() => Promise.resolve())).cpus, 1);
    container.cgroup.limit({ cpus: '0-1' });
    await growthDuring(() => Promise.resolve());
    const growth = await growthDuring(() => sleep(1000));
    for (const cpu of ['cpu0', 'cpu1']) {
      const ticks = growth.busyTicks(cpu) + growth.idleTicks(cpu);
      t.ok(isWithin(ticks, growth.ageTicks, 0.02), `${cpu}: ${ticks} of ${growth.ageTicks}`);
    }
  });

  t.test('direct I/O of so many MB is so many MB', async (t) => {
    const disk = await makeDisk(t, 16);
    const container = await startContainer(t, { disk: { ...disk, bytesPerSecond: 10_000_000_000 } });
    const dd = ['dd', 'bs=256k', 'status=none'] as const;
    await container.output([...dd, `if=${disk.path}`, 'of=/dev/null', 'count=20', 'iflag=direct']);
    await container.output([...dd, 'if=/dev/zero', `of=${disk.path}`, 'count=12', 'oflag=direct']);
    const disks = diskCounters(await read(container, 'diskstats'));
    const [reads = 0, , readSectors, , writes = 0, , writtenSectors] = disks.get(disk.name) ?? [];
    t.equal(readSectors, (5 * MIB) / 512);
    t.equal(writtenSectors, (3 * MIB) / 512);
    t.ok(reads >= 1 && reads <= 5 * 256 && writes >= 1, `${reads} reads, ${writes} writes`);
    t.match(
      await read(container, 'partitions'),
      new RegExp(`^ +\\d+ +\\d+ +${16 * 1024} ${disk.name}$`, 'm'),
    );
    const idler = await startContainer(t, {});
    t.notOk(
      diskCounters(await read(idler, 'diskstats')).has(disk.name),
      'of no concern to another container',
    );
  });
});

interface TickGrowth {
  readonly ageTicks: number;
  readonly cpus: number;
  busyTicks(cpu: string): number;
  idleTicks(cpu: string): number;
}

/** user, nice, system; whatever is busy must be there. */
const BUSY_COLUMNS = [0, 1, 2];
const IDLE_COLUMN = 3;

/** True for a number of ticks that is right but for such a part, and what starting and ending takes. */
function isWithin(ticks: number, wanted: number, tolerance: number): boolean {
  return Math.abs(ticks - wanted) <= wanted * tolerance + 3 * slowness;
}

const BURNERS = 3;

/** True where a load average over so many minutes goes from one number to the other in `steps` of 5 s, with all burners running. */
function isAlong(from: number, to: number, minutes: number, steps: number): boolean {
  const left = Math.exp((-5 * steps) / (60 * minutes));
  return Math.abs(from * left + BURNERS * (1 - left) - to) <= 0.02;
}

function isAbout(kb: number, mebibytes: number): boolean {
  return Math.abs(kb - mebibytes * 1024) <= 2 * 1024;
}
