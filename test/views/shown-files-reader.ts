import { parentPort, threadId, workerData } from 'node:worker_threads';
import { DescriptorPool } from '../../src/procfs/kernel-file.ts';
import { settleColumns } from '../../src/views/settle-columns.ts';
import { ShownFiles } from '../../src/views/shown-files.ts';
import { Random } from '../random.ts';

export interface ReaderData {
  readonly directory: string;
  /** Counters that all readers push on: a clock of the reads, age, use of two CPUs, and which share is in force. */
  readonly kernel: SharedArrayBuffer;
  readonly reads: number;
}

/** One reading of the columns, and its place among the readings of all threads. */
export interface CpuRead {
  readonly start: number;
  readonly end: number;
  /** `cpu0 idle` and so on. */
  readonly columns: readonly (readonly [string, number])[];
}

const [CLOCK, AGE, USED, SHARE] = [0, 1, 2, 4];
const SHARES = [
  { cpus: [0, 1], capacityCpus: 2 },
  { cpus: [0, 1], capacityCpus: 0.5 },
  { cpus: [0], capacityCpus: 1 },
] as const;

const { directory, kernel, reads }: ReaderData = workerData;
const numbers = new Int32Array(kernel);
const random = new Random(threadId);
let store = open();
const result: CpuRead[] = [];
for (let count = 0; count < reads; count++) {
  Atomics.add(numbers, AGE, random.below(3));
  Atomics.add(numbers, USED + random.below(2), random.below(3));
  if (random.below(50) === 0) Atomics.store(numbers, SHARE, random.below(SHARES.length));
  if (random.below(200) === 0) store = open();
  result.push(read());
}
parentPort?.postMessage(result);

function read(): CpuRead {
  const start = Atomics.add(numbers, CLOCK, 1);
  const settled = settleColumns(store, () => {
    const ageTicks = Atomics.load(numbers, AGE);
    const perCpu = [0, 1].map((cpu) => ({
      userTicks: Atomics.load(numbers, USED + cpu),
      niceTicks: 0,
      systemTicks: 0,
    }));
    const total = {
      userTicks: perCpu.reduce((sum, cpu) => sum + cpu.userTicks, 0),
      niceTicks: 0,
      systemTicks: 0,
    };
    const { cpus, capacityCpus } = SHARES[Atomics.load(numbers, SHARE)] ?? SHARES[0];
    return {
      sample: { ageTicks, usage: { total, perCpu } },
      share: { hostCpus: cpus, shownCpus: cpus, capacityCpus, isCountedPerCpu: capacityCpus >= 1 },
    };
  });
  const columns = settled?.columns.flatMap(({ userTicks, idleTicks }, index) => [
    [`cpu${index} user`, userTicks] as const,
    [`cpu${index} idle`, idleTicks] as const,
  ]);
  return { start, end: Atomics.add(numbers, CLOCK, 1), columns: columns ?? [] };
}

function open(): ShownFiles {
  return new ShownFiles({
    directory: `${directory}/cpu`,
    name: 'busy',
    cgroupDirectory: '/sys/fs/cgroup/busy',
    cpuEnd: 2,
    writer: threadId,
    pool: new DescriptorPool(4),
  });
}
