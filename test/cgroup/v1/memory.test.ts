import t from 'tap';
import { Groups } from '../../../src/cgroup/group.ts';
import { openMemory } from '../../../src/cgroup/v1/memory.ts';
import { DescriptorPool } from '../../../src/procfs/kernel-file.ts';

const groups = new Groups(new DescriptorPool(100));

function memoryOf(directories: readonly [string, ...string[]]) {
  const place = { version: 1, directories, limitable: directories, isRoot: false } as const;
  return openMemory(groups.open(place));
}

const STAT = `\
cache 1
rss 2
hierarchical_memory_limit 4096
total_cache 300
total_rss 200
total_rss_huge 100
total_shmem 7
total_mapped_file 8
total_dirty 9
total_writeback 10
total_swapcached 11
total_inactive_anon 12
total_active_anon 13
total_inactive_file 14
total_active_file 15
total_unevictable 16
`;

t.test('counters of the group and all below it, and its limits', (t) => {
  const root = t.testdir({
    'memory.limit_in_bytes': '9223372036854771712\n',
    'memory.usage_in_bytes': '600\n',
    'memory.stat': STAT,
  });
  t.same(memoryOf([root]).read(), {
    limitBytes: 4096,
    usageBytes: 600,
    roomBytes: Infinity,
    stat: {
      hierarchicalLimit: 4096,
      file: 300,
      anon: 200,
      anonThp: 100,
      shmem: 7,
      fileMapped: 8,
      fileDirty: 9,
      fileWriteback: 10,
      swapCached: 11,
      inactiveAnon: 12,
      activeAnon: 13,
      inactiveFile: 14,
      activeFile: 15,
      unevictable: 16,
    },
  });
  t.end();
});

const swap = {
  'memory.usage_in_bytes': '600\n',
  'memory.memsw.usage_in_bytes': '900\n',
  'memory.memsw.limit_in_bytes': '2000\n',
  'memory.swappiness': '60\n',
};

const swapCases = {
  'swap is what memsw has more than memory': { files: swap, expected: { limitBytes: 2000, usedBytes: 300 } },
  'counters read one after the other may contradict': {
    files: { ...swap, 'memory.memsw.usage_in_bytes': '590\n' },
    expected: { limitBytes: 2000, usedBytes: 0 },
  },
  'with swappiness 0 nothing more is swapped': {
    files: { ...swap, 'memory.swappiness': '0\n' },
    expected: { limitBytes: 0, usedBytes: 300 },
  },
  'swap is not accounted': {
    files: { 'memory.usage_in_bytes': '600\n', 'memory.swappiness': '60\n' },
    expected: { limitBytes: 0, usedBytes: 0 },
  },
  'no memory cgroup any more': { files: {}, expected: undefined },
};

for (const [name, { files, expected }] of Object.entries(swapCases)) {
  t.test(name, (t) => {
    t.same(memoryOf([t.testdir(files)]).readSwap(), expected);
    t.end();
  });
}

t.test('memsw limit of an ancestor', (t) => {
  const root = t.testdir({ 'memory.memsw.limit_in_bytes': '1500\n', group: swap });
  t.same(memoryOf([`${root}/group`, root]).readSwap(), { limitBytes: 1500, usedBytes: 300 });
  t.end();
});
