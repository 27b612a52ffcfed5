import t from 'tap';
import { type Group, Groups } from '../../src/cgroup/group.ts';
import { type MemoryNames, type MemoryReading, readMemory, readSwapLimit } from '../../src/cgroup/memory.ts';
import { DescriptorPool } from '../../src/procfs/kernel-file.ts';

const NAMES: MemoryNames = {
  limit: 'limit',
  usage: 'usage',
  swapLimit: 'swapLimit',
  swapUsage: 'swapUsage',
  stat: 'stat',
};

/** A group in the directory 0 with its ancestors in 1 and so on; files that are not there do not exist. */
function groupBelow(root: string, levels: number): Group {
  const above = Array.from({ length: levels - 1 }, (_, level) => `${root}/${level + 1}`);
  const directories = [`${root}/0`, ...above] as const;
  return new Groups(new DescriptorPool(100)).open({
    version: 1,
    directories,
    limitable: directories,
    isRoot: false,
  });
}

function parseStat(text: Buffer) {
  return text.length === 0 ? {} : { file: Number(text) };
}

const group = { limit: 'max\n', usage: '10\n', stat: '5\n' };

const cases: Record<
  string,
  { levels: readonly Record<string, string>[]; expected: MemoryReading | undefined }
> = {
  'no limit': {
    levels: [group],
    expected: { limitBytes: Infinity, usageBytes: 10, roomBytes: Infinity, stat: { file: 5 } },
  },
  'limit on an ancestor, which siblings fill': {
    levels: [group, { limit: '100\n', usage: '70\n' }, { limit: 'max\n', usage: '999\n' }],
    expected: { limitBytes: 100, usageBytes: 10, roomBytes: 30, stat: { file: 5 } },
  },
  'the larger limit leaves less room': {
    levels: [
      { ...group, limit: '50\n' },
      { limit: '100\n', usage: '95\n' },
    ],
    expected: { limitBytes: 50, usageBytes: 10, roomBytes: 5, stat: { file: 5 } },
  },
  'usage above a lowered limit': {
    levels: [{ ...group, limit: '4\n' }],
    expected: { limitBytes: 4, usageBytes: 10, roomBytes: 0, stat: { file: 5 } },
  },
  'limit 0': {
    levels: [group, { limit: '0\n', usage: '10\n' }],
    expected: { limitBytes: 0, usageBytes: 10, roomBytes: 0, stat: { file: 5 } },
  },
  'an ancestor does not stand for a group that is gone': { levels: [{}, group], expected: undefined },
  'nor for one whose usage is broken': { levels: [{ ...group, usage: 'x\n' }, group], expected: undefined },
  'a missing memory.stat is not made up from an ancestor': {
    levels: [{ limit: 'max\n', usage: '10\n' }, group],
    expected: { limitBytes: Infinity, usageBytes: 10, roomBytes: Infinity, stat: {} },
  },
  'an ancestor whose usage cannot be read limits the total only': {
    levels: [group, { limit: '100\n', usage: '' }],
    expected: { limitBytes: 100, usageBytes: 10, roomBytes: Infinity, stat: { file: 5 } },
  },
  'nobody counts memory': { levels: [{}], expected: undefined },
};

for (const [name, { levels, expected }] of Object.entries(cases)) {
  t.test(name, (t) => {
    const root = t.testdir(Object.fromEntries(levels.map((files, level) => [level, files])));
    t.same(readMemory(groupBelow(root, levels.length), NAMES, parseStat), expected);
    t.end();
  });
}

t.test('v1 tells the smallest limit of ancestors that cannot be seen', (t) => {
  const root = t.testdir({ 0: group });
  const reading = readMemory(groupBelow(root, 1), NAMES, () => ({ hierarchicalLimit: 80 }));
  t.match(reading, { limitBytes: 80, roomBytes: Infinity });
  t.end();
});

t.test('smallest swap limit', (t) => {
  const root = t.testdir({
    0: { swapLimit: 'max\n' },
    1: { swapLimit: '70\n' },
    2: { swapLimit: '90\n' },
    3: {},
  });
  t.equal(readSwapLimit(groupBelow(root, 4), NAMES), 70);
  t.equal(readSwapLimit(groupBelow(root, 1), NAMES), Infinity);
  t.end();
});
