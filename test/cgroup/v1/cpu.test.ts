import t from 'tap';
import { type Group, Groups } from '../../../src/cgroup/group.ts';
import { openCpuQuota, openCpuUsage, parseUsageAll } from '../../../src/cgroup/v1/cpu.ts';
import { DescriptorPool } from '../../../src/procfs/kernel-file.ts';

function groupBelow(root: string): Group {
  const limitable = [`${root}/docker/a`, `${root}/docker`];
  const directories = [`${root}/docker/a`, `${root}/docker`, root] as const;
  return new Groups(new DescriptorPool(16)).open({ version: 1, directories, limitable, isRoot: false });
}

t.test('the smallest quota of the group and its ancestors counts', (t) => {
  const cases: readonly (readonly [string, number, string, string])[] = [
    ['none', Infinity, '-1', '-1'],
    ['its own', 1.5, '150000', '-1'],
    ["an ancestor's", 0.5, '-1', '50000'],
    ['the smaller', 0.5, '150000', '50000'],
  ];
  for (const [name, cpus, own, above] of cases) {
    const period = { 'cpu.cfs_period_us': '100000\n' };
    const root = t.testdir({
      docker: {
        ...period,
        'cpu.cfs_quota_us': `${above}\n`,
        a: { ...period, 'cpu.cfs_quota_us': `${own}\n` },
      },
    });
    t.equal(openCpuQuota(groupBelow(root)).quotaCpus(), cpus, name);
  }
  t.equal(openCpuQuota(groupBelow(t.testdir({}))).quotaCpus(), Infinity, 'no files');
  t.end();
});

t.test('usage_all', (t) => {
  t.same(parseUsageAll('cpu user system\n0 22216916959 11641364550\n1 9999999 10000000\n'), {
    total: { userTicks: 2221, niceTicks: 0, systemTicks: 1165 },
    perCpu: [
      { userTicks: 2221, niceTicks: 0, systemTicks: 1164 },
      { userTicks: 0, niceTicks: 0, systemTicks: 1 },
    ],
  });
  t.equal(
    parseUsageAll('cpu user system\n0 9223372036854775807 0\n')?.total.userTicks,
    922_337_203_685,
    'exact up to 2^63 ns',
  );
  t.same(
    parseUsageAll('cpu user system\n0 0 0\n2 30000000 0\n')?.perCpu?.map((cpu) => cpu.userTicks),
    [0, 0, 3],
    'CPU numbers with a gap',
  );
  for (const text of ['', 'cpu user system\n', 'cpu user system\n0 1\n', 'cpu user system\n0 x 0\n']) {
    t.equal(parseUsageAll(text), undefined, JSON.stringify(text));
  }
  t.end();
});

t.test('kernels without usage_all tell totals alone', (t) => {
  const root = t.testdir({ docker: { a: { 'cpuacct.stat': 'user 5456\nsystem 3197\n' } } });
  t.same(openCpuUsage(groupBelow(root)).read(), {
    total: { userTicks: 5456, niceTicks: 0, systemTicks: 3197 },
    perCpu: undefined,
  });
  t.equal(openCpuUsage(groupBelow(t.testdir({}))).read(), undefined, 'no files');
  t.end();
});
