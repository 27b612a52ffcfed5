import t from 'tap';
import type { MemoryReading } from '../../../src/cgroup/memory.ts';
import { meminfoParser } from '../../../src/procfs/meminfo.ts';
import { swapOf } from '../../../src/views/swap.ts';
import { type MeminfoInputs, meminfoValues } from '../../../src/views/proc/meminfo-values.ts';
import { Random } from '../../random.ts';

const MB = 2 ** 20;
const parse = meminfoParser();

function host(totalKb: number, swapKb: number, commitLimitKb: number): MeminfoInputs['host'] {
  return parse(
    `MemTotal: ${totalKb} kB\nSwapTotal: ${swapKb} kB\nCommitLimit: ${commitLimitKb} kB\nHugetlb: 0 kB\n`,
  );
}

const memory: MemoryReading = {
  limitBytes: 100 * MB,
  usageBytes: 60 * MB,
  roomBytes: 40 * MB,
  stat: {
    anon: 30 * MB,
    file: 20 * MB,
    shmem: 5 * MB,
    activeFile: 7 * MB,
    inactiveFile: 8 * MB,
    slab: 4 * MB,
  },
};

const inputs: MeminfoInputs = {
  host: host(1_024_000, 512_000, 1_024_000),
  memory,
  swap: { totalKb: 4096, usedKb: 1024 },
  hideSwap: false,
  hideZswap: false,
};

function values(changes: Partial<MemoryReading>, other: Partial<MeminfoInputs> = {}) {
  return meminfoValues({ ...inputs, memory: { ...memory, ...changes }, ...other });
}

t.test('a limited group', (t) => {
  t.match(values({}), {
    MemTotal: 102_400,
    MemFree: 40_960,
    MemAvailable: 40_960 + 7 * 1024 + 8 * 1024,
    Cached: 20_480,
    Shmem: 5120,
    AnonPages: 30_720,
    Slab: 4096,
    SwapTotal: 4096,
    SwapFree: 3072,
    Percpu: 0,
  });
  t.end();
});

t.test('total and free', (t) => {
  for (const [name, changes, total, free] of [
    ['no limit: the host', { limitBytes: Infinity, roomBytes: Infinity }, 1_024_000, 1_024_000 - 61_440],
    ['limit above the host', { limitBytes: 2 ** 40, roomBytes: 2 ** 40 }, 1_024_000, 1_024_000 - 61_440],
    ['siblings leave less room', { roomBytes: 3 * MB }, 102_400, 3072],
    ['usage above the limit', { usageBytes: 150 * MB, roomBytes: 0 }, 102_400, 0],
    ['limit 0', { limitBytes: 0, roomBytes: 0 }, 4, 0],
    ['rounded down', { limitBytes: 100 * MB - 1, roomBytes: 40 * MB - 1 }, 102_399, 40_959],
  ] as const) {
    t.match(values(changes), { MemTotal: total, MemFree: free }, name);
  }
  t.end();
});

t.test('the commit limit by the host rule', (t) => {
  for (const [name, commitLimitKb, expected] of [
    ['half of memory, and swap', 1_024_000, 51_200 + 4096],
    ['half of memory, in pages', 1_023_996, 51_200 + 4096],
    ['80 percent', 819_200 + 512_000, 81_920 + 4096],
    ['vm.overcommit_kbytes', 512_000 + 12_345, 12_345 + 4096],
    ['vm.overcommit_kbytes above the limit', 512_000 + 123_456, 102_400 + 4096],
  ] as const) {
    t.equal(values({}, { host: host(1_024_000, 512_000, commitLimitKb) }).CommitLimit, expected, name);
  }
  t.equal(values({}).Committed_AS, 30_720 + 5120 + 1024);
  t.equal(values({ stat: { anon: 90 * MB }, usageBytes: 95 * MB, roomBytes: 5 * MB }).Committed_AS, 55_296);
  t.end();
});

t.test('options', (t) => {
  const stat = { swapCached: 2 * MB, zswap: MB, zswapped: MB };
  t.match(values({ stat }), { SwapCached: 2048, Zswap: 1024, Zswapped: 1024 });
  t.match(values({ stat }, { hideZswap: true }), { SwapCached: 2048, Zswap: 0, Zswapped: 0 });
  const noSwap = { hideSwap: true, hideZswap: true, swap: { totalKb: 0, usedKb: 0 } };
  t.match(values({ stat }, noSwap), { SwapTotal: 0, SwapFree: 0, SwapCached: 0, Zswap: 0, Zswapped: 0 });
  t.end();
});

t.test('no counters contradict each other, whatever the cgroup says', (t) => {
  const random = new Random(2);
  const any = (): number => (random.below(10) < 2 ? 0 : Math.floor(2 ** (random.below(4400) / 100)));
  const counter = (): number | undefined => (random.below(10) < 1 ? undefined : any());
  for (let round = 0; round < 20_000; round++) {
    const reading: MemoryReading = {
      limitBytes: random.below(10) < 2 ? Infinity : any(),
      usageBytes: any(),
      roomBytes: random.below(10) < 2 ? Infinity : any(),
      stat: {
        anon: counter(),
        file: counter(),
        shmem: counter(),
        slab: counter(),
        slabReclaimable: counter(),
        slabUnreclaimable: counter(),
        activeAnon: counter(),
        inactiveAnon: counter(),
        activeFile: counter(),
        inactiveFile: counter(),
        swapCached: counter(),
        zswap: counter(),
        zswapped: counter(),
        kernelStack: counter(),
      },
    };
    const hostKb = 4 + random.below(2 ** 34);
    const hostSwapKb = Math.floor(any() / 1024);
    const swap = swapOf(hostSwapKb, {
      limitBytes: random.below(10) < 3 ? Infinity : any(),
      usedBytes: any(),
    });
    const hostMeminfo = host(hostKb, hostSwapKb, hostSwapKb + random.below(hostKb));
    const v = meminfoValues({ host: hostMeminfo, memory: reading, swap, hideSwap: false, hideZswap: false });
    const holds =
      Object.values(v).every((kb) => Number.isSafeInteger(kb) && kb >= 0) &&
      v.MemTotal > 0 &&
      v.MemTotal <= hostKb &&
      v.MemFree <= v.MemAvailable &&
      v.MemAvailable <= v.MemTotal &&
      v.Shmem <= v.Cached &&
      v.MemFree + v.Cached + v.Slab <= v.MemTotal &&
      v.SReclaimable + v.SUnreclaim <= v.Slab &&
      v.Active <= v.MemTotal &&
      v.AnonPages <= v.MemTotal &&
      v.SwapFree <= v.SwapTotal &&
      v.SwapTotal <= hostSwapKb &&
      v.Zswapped <= v.SwapTotal - v.SwapFree &&
      v.Committed_AS <= v.CommitLimit;
    if (!holds) t.fail(`round ${round}`, { reading, hostKb, hostSwapKb, v });
  }
  t.pass('20,000 rounds');
  t.end();
});
