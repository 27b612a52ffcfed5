import { readdirSync, writeFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { DescriptorPool } from '../../src/procfs/kernel-file.ts';
import type { CpuRead, ReaderData } from './shown-files-reader.ts';
import { type CpuMoment, settleColumns } from '../../src/views/settle-columns.ts';
import { ShownFiles } from '../../src/views/shown-files.ts';
import { Random } from '../random.ts';

const pool = new DescriptorPool(64);

function open(directory: string, writer: number): ShownFiles {
  return new ShownFiles({
    directory: `${directory}/cpu`,
    name: '4711-89141-1234',
    cgroupDirectory: '/sys/fs/cgroup/docker/3f2a',
    cpuEnd: 8,
    writer,
    pool,
  });
}

function momentOf(ageTicks: number, usedTicks: number, capacityCpus = 1): CpuMoment {
  return {
    sample: {
      ageTicks,
      usage: { total: { userTicks: usedTicks, niceTicks: 0, systemTicks: 0 }, perCpu: undefined },
    },
    share: { hostCpus: [3], shownCpus: [3], capacityCpus, isCountedPerCpu: false },
  };
}

function shown(store: ShownFiles, moment: CpuMoment): number[] | undefined {
  return settleColumns(store, () => moment)?.columns.flatMap((cpu) => [cpu.userTicks, cpu.idleTicks]);
}

t.test('what one thread has shown, all know', (t) => {
  const directory = t.testdir({});
  const [first, second] = [open(directory, 1), open(directory, 2)];
  t.same(shown(first, momentOf(1000, 800)), [800, 200]);
  t.same(shown(second, momentOf(1005, 810)), [810, 200], '195 would be less than before');
  t.same(shown(open(directory, 1), momentOf(1006, 812)), [812, 200], 'also the next server');
  t.end();
});

t.test('threads agree on a change, whoever sees it first', (t) => {
  const directory = t.testdir({});
  const [first, second] = [open(directory, 1), open(directory, 2)];
  shown(first, momentOf(1000, 800));
  shown(second, momentOf(1000, 800));
  t.same(shown(second, momentOf(1100, 850, 0.5)), [850, 250]);
  t.same(shown(first, momentOf(1200, 850, 0.5)), [850, 300]);
  t.same(readdirSync(`${directory}/cpu`).sort(), ['4711-89141-1234.base-2', '4711-89141-1234.shown']);
  t.end();
});

t.test('garbage in the files', (t) => {
  const directory = t.testdir({});
  shown(open(directory, 1), momentOf(1000, 800));
  writeFileSync(`${directory}/cpu/4711-89141-1234.base-1`, 'garbage\n');
  t.same(shown(open(directory, 1), momentOf(1010, 800)), [800, 200], 'base');
  t.same(shown(open(directory, 1), momentOf(1020, 800)), [800, 210], 'and goes on');
  writeFileSync(`${directory}/cpu/4711-89141-1234.shown`, 'garbage '.repeat(100));
  t.same(shown(open(directory, 1), momentOf(1030, 800)), [800, 230], 'rows: as if nothing had been shown');
  t.end();
});

t.test('a directory that was taken away is made again', (t) => {
  const directory = `${t.testdir({})}/not/there`;
  t.same(shown(open(directory, 1), momentOf(1000, 800)), [800, 200]);
  t.end();
});

t.test('random use, time, quotas and cpusets: no column ever falls', (t) => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = new Random(seed);
    const directory = t.testdir({ [`seed-${seed}`]: {} }) + `/seed-${seed}`;
    const stores = [open(directory, 0), open(directory, 1), open(directory, 2)];
    const perCpu = Array.from({ length: 8 }, () => ({ userTicks: 0, niceTicks: 0, systemTicks: 0 }));
    let ageTicks = 0;
    let hostCpus = [0, 1, 2, 3];
    let quotaCpus = Infinity;
    let isCounted = true;
    let isRenumbered = false;
    const falls: string[] = [];
    const last = new Map<number, readonly number[]>();

    for (let step = 0; step < 400; step++) {
      ageTicks += random.below(30);
      for (const cpu of hostCpus) {
        const time = perCpu[cpu];
        if (time === undefined) continue;
        const used = random.below(40); // more than the time that went by, now and then
        time.userTicks += used >> 1;
        time.systemTicks += used >> 2;
        time.niceTicks += random.below(2);
      }
      if (random.below(10) === 0) quotaCpus = random.pick([Infinity, 0.5, 1.5, 3, 2.5]);
      if (random.below(10) === 0) hostCpus = [0, 1, 2, 3, 4, 5, 6, 7].filter(() => random.below(2) === 0);
      if (hostCpus.length === 0) hostCpus = [random.below(8)];
      if (random.below(20) === 0) isCounted = !isCounted;
      if (random.below(40) === 0) isRenumbered = !isRenumbered;
      const writer = random.below(stores.length);
      if (random.below(15) === 0) stores[writer] = open(directory, writer); // another server
      if (random.below(15) === 0) stores[writer]?.close();
      const store = stores[writer];
      if (store === undefined) continue;

      const shownCpus = isRenumbered ? hostCpus.map((_, index) => index) : hostCpus;
      const settled = settleColumns(store, () => ({
        sample: { ageTicks, usage: { total: sumOf(perCpu), perCpu: structuredClone(perCpu) } },
        share: {
          hostCpus,
          shownCpus,
          capacityCpus: Math.min(quotaCpus, hostCpus.length),
          isCountedPerCpu: isCounted,
        },
      }));
      const seen = new Map<number, readonly number[]>();
      settled?.columns.forEach(({ userTicks, niceTicks, systemTicks, idleTicks }, index) =>
        seen.set(shownCpus[index] ?? -1, [userTicks, niceTicks, systemTicks, idleTicks]),
      );
      for (const [cpu, columns] of seen) {
        const before = last.get(cpu) ?? [0, 0, 0, 0];
        if (columns.some((ticks, column) => !Number.isSafeInteger(ticks) || ticks < (before[column] ?? 0))) {
          falls.push(`step ${step}: cpu${cpu} from ${before.join(' ')} to ${columns.join(' ')}`);
        }
        last.set(cpu, columns);
      }
      if (seen.size !== hostCpus.length) falls.push(`step ${step}: ${seen.size} CPUs`);
    }
    t.same(falls, [], `seed ${seed}`);
  }
  t.end();
});

t.test(
  'four threads at once, while quota and cpuset change: none shows less than was shown before',
  async (t) => {
    const directory = t.testdir({});
    const kernel = new SharedArrayBuffer(64);
    const data: ReaderData = { directory, kernel, reads: 2000 };
    const readers = [1, 2, 3, 4].map(async () => {
      const worker = new Worker(new URL('./shown-files-reader.ts', import.meta.url), { workerData: data });
      return new Promise<CpuRead[]>((resolve, reject) =>
        worker.once('message', resolve).once('error', reject),
      );
    });
    const reads = (await Promise.all(readers)).flat();
    t.equal(reads.length, 8000);
    t.ok(new Set(reads.map((read) => read.columns.length)).size > 1, 'cpusets did change');

    const moments = reads.flatMap((read) => [
      { at: read.start, read, isEnd: false },
      { at: read.end, read, isEnd: true },
    ]);
    const most = new Map<string, number>();
    const atStart = new Map<CpuRead, ReadonlyMap<string, number>>();
    const falls: string[] = [];
    for (const { read, isEnd } of moments.sort((a, b) => a.at - b.at)) {
      if (!isEnd) atStart.set(read, new Map(most));
      else {
        for (const [key, ticks] of read.columns) {
          const before = atStart.get(read)?.get(key) ?? 0;
          if (ticks < before) falls.push(`${key} from ${before} to ${ticks}`);
          most.set(key, Math.max(ticks, most.get(key) ?? 0));
        }
      }
    }
    t.same(falls, []);
  },
);

function sumOf(times: readonly { userTicks: number; niceTicks: number; systemTicks: number }[]) {
  const sum = { userTicks: 0, niceTicks: 0, systemTicks: 0 };
  for (const time of times) {
    sum.userTicks += time.userTicks;
    sum.niceTicks += time.niceTicks;
    sum.systemTicks += time.systemTicks;
  }
  return sum;
}
