import t from 'tap';
import { Groups } from '../../../src/cgroup/group.ts';
import { openMemory } from '../../../src/cgroup/v2/memory.ts';
import { DescriptorPool } from '../../../src/procfs/kernel-file.ts';

const groups = new Groups(new DescriptorPool(100));

function memoryOf(directories: readonly [string, ...string[]]) {
  const place = { version: 2, directories, limitable: directories, isRoot: false } as const;
  return openMemory(groups.open(place));
}

const STAT = `\
anon 100
file 200
kernel 99999
kernel_stack 3
pagetables 4
sec_pagetables 5
percpu 6
sock 99999
vmalloc 7
shmem 8
zswap 9
zswapped 10
file_mapped 11
file_dirty 12
file_writeback 13
swapcached 14
anon_thp 15
file_thp 16
shmem_thp 17
inactive_anon 18
active_anon 19
inactive_file 20
active_file 21
unevictable 22
slab_reclaimable 23
slab_unreclaimable 24
slab 47
pgfault 99999
`;

t.test('counters of the group and its limits', (t) => {
  const root = t.testdir({ 'memory.max': '4096\n', 'memory.current': '600\n', 'memory.stat': STAT });
  t.same(memoryOf([root]).read(), {
    limitBytes: 4096,
    usageBytes: 600,
    roomBytes: 3496,
    stat: {
      anon: 100,
      file: 200,
      kernelStack: 3,
      pageTables: 4,
      secPageTables: 5,
      percpu: 6,
      vmalloc: 7,
      shmem: 8,
      zswap: 9,
      zswapped: 10,
      fileMapped: 11,
      fileDirty: 12,
      fileWriteback: 13,
      swapCached: 14,
      anonThp: 15,
      fileThp: 16,
      shmemThp: 17,
      inactiveAnon: 18,
      activeAnon: 19,
      inactiveFile: 20,
      activeFile: 21,
      unevictable: 22,
      slabReclaimable: 23,
      slabUnreclaimable: 24,
      slab: 47,
    },
  });
  t.end();
});

const swap = { 'memory.current': '600\n', 'memory.swap.current': '30\n', 'memory.swap.max': '2000\n' };

t.test('swap and its smallest limit', (t) => {
  const root = t.testdir({ 'memory.swap.max': '1500\n', 'memory.swap.current': '999\n', group: swap });
  t.same(memoryOf([`${root}/group`, root]).readSwap(), { limitBytes: 1500, usedBytes: 30 });
  t.end();
});

t.test('a group without the controller is counted in its nearest ancestor that has it', (t) => {
  const root = t.testdir({ 'memory.current': '999\n', a: { ...swap, 'memory.max': '700\n', b: { c: {} } } });
  const memory = memoryOf([`${root}/a/b/c`, `${root}/a/b`, `${root}/a`, root]);
  t.same(memory.read(), { limitBytes: 700, usageBytes: 600, roomBytes: 100, stat: {} });
  t.same(memory.readSwap(), { limitBytes: 2000, usedBytes: 30 });
  t.end();
});

t.test('no ancestor stands for a group that is gone, or whose own files are broken', (t) => {
  const root = t.testdir({ ...swap, broken: { 'memory.current': 'x\n' } });
  for (const name of ['gone', 'broken']) {
    const memory = memoryOf([`${root}/${name}`, root]);
    t.equal(memory.read(), undefined, name);
    t.equal(memory.readSwap(), undefined, name);
  }
  t.end();
});

t.test('swap is not accounted', (t) => {
  const root = t.testdir({ 'memory.current': '600\n' });
  t.same(memoryOf([root]).readSwap(), { limitBytes: 0, usedBytes: 0 });
  t.end();
});

t.test('nobody counts memory', (t) => {
  const memory = memoryOf([t.testdir({})]);
  t.equal(memory.read(), undefined);
  t.equal(memory.readSwap(), undefined);
  t.end();
});
