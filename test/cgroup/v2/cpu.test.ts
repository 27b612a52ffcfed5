import t from 'tap';
import { Groups } from '../../../src/cgroup/group.ts';
import { openCpuQuota, parseCpuMax, parseCpuStat } from '../../../src/cgroup/v2/cpu.ts';
import { DescriptorPool } from '../../../src/procfs/kernel-file.ts';

const groups = new Groups(new DescriptorPool(16));

t.test('cpu.max', (t) => {
  t.equal(parseCpuMax('150000 100000\n'), 1.5);
  t.equal(parseCpuMax('50000 100000\n'), 0.5);
  t.equal(parseCpuMax('max 100000\n'), Infinity);
  for (const text of [undefined, '', '150000', '150000 \n', 'x 100000\n', '150000 0\n']) {
    t.equal(parseCpuMax(text), Infinity, JSON.stringify(text));
  }
  t.end();
});

t.test('the smallest quota of the group and its ancestors counts', (t) => {
  const root = t.testdir({
    pod: {
      'cpu.max': '50000 100000\n',
      a: { 'cpu.max': '150000 100000\n' },
      b: { 'cpu.max': 'max 100000\n' },
    },
  });
  const quotaOf = (name: string) => {
    const limitable = [`${root}/pod/${name}`, `${root}/pod`];
    const directories = [`${root}/pod/${name}`, `${root}/pod`, root] as const;
    return openCpuQuota(groups.open({ version: 2, directories, limitable, isRoot: false })).quotaCpus();
  };
  t.equal(quotaOf('a'), 0.5);
  t.equal(quotaOf('b'), 0.5);
  t.end();
});

t.test('cpu.stat', (t) => {
  t.same(
    parseCpuStat(Buffer.from('usage_usec 3009999\nuser_usec 2009999\nsystem_usec 1000000\nnr_periods 0\n')),
    {
      total: { userTicks: 200, niceTicks: 0, systemTicks: 100 },
      perCpu: undefined,
    },
  );
  t.same(
    parseCpuStat(Buffer.from('user_usec 2009999\nsystem_usec 1000000\nnice_usec 509999\n'))?.total,
    { userTicks: 150, niceTicks: 50, systemTicks: 100 },
    'user includes nice',
  );
  t.same(
    parseCpuStat(Buffer.from('user_usec 2009999\nsystem_usec 1000000\nnice_usec 2510000\n'))?.total,
    { userTicks: 0, niceTicks: 200, systemTicks: 100 },
    'nice is sampled above user',
  );
  for (const text of [undefined, '', 'user_usec 2009999\nsyst']) {
    t.equal(parseCpuStat(text === undefined ? text : Buffer.from(text)), undefined, JSON.stringify(text));
  }
  t.end();
});
