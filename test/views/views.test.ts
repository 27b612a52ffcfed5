import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { Mirror } from '../../src/filesystem/mirror.ts';
import { CPU_DIRECTORY } from '../../src/filesystem/nodes.ts';
import { visibleCpus } from '../../src/views/sys/devices/system/cpu/cpu-lists.ts';
import type { ViewContext } from '../../src/views/view.ts';
import { views } from '../../src/views/views.ts';
import { FIXTURES, GOLDEN_FILES, containerFixtures, containerIn } from '../fixture.ts';
import { checkCpuFiles, cpuinfoValues } from './cpu-files.ts';

for (const fixture of containerFixtures) {
  t.test(`${fixture} renders as its golden files say`, (t) => {
    const context = containerIn(`${FIXTURES}/${fixture}`);
    for (const path of GOLDEN_FILES) {
      const golden = `${FIXTURES}/${fixture}/golden/${path}`;
      const expected = existsSync(golden) ? readFileSync(golden, 'latin1') : undefined;
      t.equal(views.get(path)?.(context), expected, path);
    }
    context.container.cgroup.close();
    t.end();
  });
}

t.test("no number of the host's own use is in any container's file", (t) => {
  // In the hand-made trees every such number has the digits 777.
  for (const fixture of containerFixtures.filter((name) => name !== 'v1-hybrid' && name !== 'v2')) {
    const context = containerIn(`${FIXTURES}/${fixture}`);
    for (const path of GOLDEN_FILES) {
      const text = views.get(path)?.(context);
      if (text !== undefined) t.notMatch(text, /777/, `${fixture}: ${path}`);
    }
  }
  t.end();
});

/** A tree that is like a fixture but for these texts, by path. */
function treeLike(t: Test, fixture: string, texts: Readonly<Record<string, string>>): string {
  const root = t.testdir({});
  cpSync(`${FIXTURES}/${fixture}`, root, { recursive: true, verbatimSymlinks: true });
  for (const [path, text] of Object.entries(texts)) writeFileSync(`${root}/${path}`, text);
  return root;
}

/** Texts of a file of each cpuN that the container sees. */
function cpuTexts(root: string, context: ViewContext, name: string): string[] {
  const cpus = visibleCpus(context) ?? new Map<number, number>();
  const mirror = new Mirror(root);
  return [...cpus.keys()].map((cpu) => mirror.read(`${CPU_DIRECTORY}/cpu${cpu}/${name}`, cpus));
}

t.test('aarch64, cgroup v2: CPUs 2-5 of two kinds', (t) => {
  const root = `${FIXTURES}/v2-aarch64`;
  const [midrA55, midrA76] = ['0x00000000412fd050\n', '0x00000000414fd0b0\n'];
  // 1000 s at 2.5 CPUs; user_usec includes nice_usec.
  const ticks = [55_002, 5001, 10_002, 179_995];

  const byCpuset = containerIn(root);
  const four = checkCpuFiles(t, byCpuset, { shown: '2-5', ageTicks: 100_000 });
  t.same(four.sum.slice(0, 4), ticks, 'user, nice, system, idle');
  t.same(cpuinfoValues(byCpuset, 'CPU part'), ['0xd05', '0xd05', '0xd0b', '0xd0b']);
  t.same(cpuinfoValues(byCpuset, 'physical id'), [], 'no lines of other architectures');
  t.same(cpuTexts(root, byCpuset, 'regs/identification/midr_el1'), [midrA55, midrA55, midrA76, midrA76]);

  const byQuota = containerIn(root, { enableCfs: true });
  const three = checkCpuFiles(t, byQuota, { shown: '0-2', ageTicks: 100_000 });
  t.same(three.sum.slice(0, 4), ticks, 'the same time on fewer CPUs');
  t.same(
    three.cpus.map((cpu) => cpu.slice(0, 4)),
    [
      [18_334, 1667, 3334, 59_998],
      [18_334, 1667, 3334, 59_998],
      [18_334, 1667, 3334, 59_999],
    ],
  );
  t.same(cpuinfoValues(byQuota, 'CPU part'), ['0xd05', '0xd05', '0xd0b']);
  t.same(cpuTexts(root, byQuota, 'regs/identification/midr_el1'), [midrA55, midrA55, midrA76]);
  const cpus = visibleCpus(byQuota) ?? new Map<number, number>();
  const mirror = new Mirror(root);
  t.equal(mirror.modeOf(`${CPU_DIRECTORY}/cpu3`, cpus), undefined, 'a CPU of the host, and none here');
  t.same(
    mirror.list(CPU_DIRECTORY, cpus).map(({ name }) => name),
    ['offline', 'online', 'possible', 'present'],
    "no cpuN of the host's",
  );
  t.end();
});

t.test('aarch64, cgroup v2: CPUs by the smallest cpu.max, rounded up', (t) => {
  // Of the age of 100,000 ticks times the quota, 70,005 are used.
  for (const [own, above, shown, idleTicks] of [
    ['200000 100000', 'max 100000', '0-1', 129_995],
    ['200001 100000', 'max 100000', '0-2', 129_996],
    ['1000000 1000000', '150000 100000', '0', 29_995],
    ['max 100000', '100000 100000', '0', 29_995],
    ['300000 100000', '125000 50000', '0-2', 179_995],
    ['max 100000', 'max 100000', '0-3', 329_995],
    ['max 100000', '600000 100000', '0-3', 329_995],
    ['10000 100000', 'max 100000', '0', 0],
    ['1000 1000000', 'max 100000', '0', 0],
  ] as const) {
    t.test(`${own} below ${above}`, (t) => {
      const root = treeLike(t, 'v2-aarch64', {
        'sys/fs/cgroup/pod/app/cpu.max': `${own}\n`,
        'sys/fs/cgroup/pod/cpu.max': `${above}\n`,
      });
      const context = containerIn(root, { enableCfs: true });
      const { sum } = checkCpuFiles(t, context, { shown, ageTicks: 100_000 });
      t.same(sum.slice(0, 4), [55_002, 5001, 10_002, idleTicks], 'user, nice, system, idle');
      t.end();
    });
  }
  t.end();
});

const CO_MOUNTED = 'sys/fs/cgroup/cpu,cpuacct';
const APP = `${CO_MOUNTED}/kubepods/pod7/app`;

t.test('cgroup v1 with cpu,cpuacct at one place: CPUs 1-3, a quota of 1.5 above one of 3', (t) => {
  const root = `${FIXTURES}/v1-co-mounted`;
  const context = containerIn(root, { enableCfs: true });
  t.equal(context.container.cgroup.cpuUsage?.directory, `${root}/${APP}`, 'not through a link');
  const { sum, cpus } = checkCpuFiles(t, context, { shown: '0-1', ageTicks: 200_000 });
  // 2000 s at 1.5 CPUs.
  t.same(sum.slice(0, 4), [100_001, 0, 50_001, 149_998], 'user, nice, system, idle');
  t.same(
    cpus.map((cpu) => cpu.slice(0, 4)),
    [
      [50_000, 0, 25_000, 74_999],
      [50_001, 0, 25_001, 74_999],
    ],
  );
  t.same(cpuinfoValues(context, 'physical id'), ['0', '1']);
  t.same(
    cpuTexts(root, context, 'topology/physical_package_id'),
    ['0\n', '1\n'],
    "of the host's CPUs 1 and 2",
  );

  const byCpuset = checkCpuFiles(t, containerIn(root), { shown: '1-3', ageTicks: 200_000 });
  t.same(byCpuset.sum, sum, 'the same time on more CPUs');
  t.end();
});

t.test('cgroup v1 with cpu,cpuacct at one place: CPUs by the smallest quota, rounded up', (t) => {
  // The kernel refuses a child's quota above its parent's (sched-bwc.rst), but the two are not read in one moment.
  for (const { own, periodMicros = 100_000, above, shown, idleTicks } of [
    { own: -1, above: 150_000, shown: '0-1', idleTicks: 149_998 },
    { own: 1_000_000, periodMicros: 1_000_000, above: 150_000, shown: '0', idleTicks: 49_998 },
    { own: 100_000, periodMicros: 50_000, above: 200_000, shown: '0-1', idleTicks: 249_998 },
    { own: 250_000, above: -1, shown: '0-2', idleTicks: 349_998 },
    { own: 300_000, above: -1, shown: '0-2', idleTicks: 449_998 },
    { own: 800_000, above: 400_000, shown: '0-2', idleTicks: 449_998 },
    { own: -1, above: -1, shown: '0-2', idleTicks: 449_998 },
    { own: 300_000, above: 50_000, shown: '0', idleTicks: 0 },
  ]) {
    t.test(`${own} of ${periodMicros} below ${above}`, (t) => {
      const root = treeLike(t, 'v1-co-mounted', {
        [`${APP}/cpu.cfs_quota_us`]: `${own}\n`,
        [`${APP}/cpu.cfs_period_us`]: `${periodMicros}\n`,
        [`${CO_MOUNTED}/kubepods/pod7/cpu.cfs_quota_us`]: `${above}\n`,
      });
      const context = containerIn(root, { enableCfs: true });
      const { sum } = checkCpuFiles(t, context, { shown, ageTicks: 200_000 });
      t.same(sum.slice(0, 4), [100_001, 0, 50_001, idleTicks], 'user, nice, system, idle');
      t.end();
    });
  }
  t.end();
});

t.test('cgroup v1 with cpu,cpuacct at one place, and time by CPU (Linux 4.10)', (t) => {
  const usage = [
    ['0', 7_000_000, 3_000_000],
    ['1', 600_009_999_999, 20_000_000],
    ['2', 9_999_999, 10_000_000],
    ['3', 400_000_000_000, 480_000_000_000],
  ];
  const root = treeLike(t, 'v1-co-mounted', {
    [`${APP}/cpuacct.usage_all`]: `cpu user system\n${usage.map((line) => `${line.join(' ')}\n`).join('')}`,
  });
  const { sum, cpus } = checkCpuFiles(t, containerIn(root), { shown: '1-3', ageTicks: 200_000 });
  t.same(
    cpus.map((cpu) => cpu.slice(0, 3)),
    [
      [60_000, 0, 2],
      [0, 0, 1],
      [40_000, 0, 48_000],
    ],
    'each its own',
  );
  t.equal(sum[3], 300_000 - 60_000 - 2 - 1 - 88_000, 'what is left of the quota');
  t.end();
});

t.test('tasks and load of the hand-made machines', (t) => {
  for (const { fixture, load, running, blocked } of [
    // One of two tasks runs, the younger one, which the container calls 7.
    { fixture: 'v2-aarch64', load: '1.00 1.00 1.00 1/2 7\n', running: 1, blocked: 0 },
    // One of two waits for a disk; before Linux 4.1 nothing tells its number in the container.
    { fixture: 'v1-co-mounted', load: '1.00 1.00 1.00 0/2 1\n', running: 0, blocked: 1 },
  ]) {
    const context = containerIn(`${FIXTURES}/${fixture}`, { enableLoadavg: true });
    t.equal(views.get('proc/loadavg')?.(context), load, fixture);
    t.match(
      views.get('proc/stat')?.(context),
      `\nprocs_running ${running}\nprocs_blocked ${blocked}\n`,
      fixture,
    );
    t.equal(
      views.get('proc/loadavg')?.(containerIn(`${FIXTURES}/${fixture}`)),
      undefined,
      "without -l the host's",
    );
  }
  t.end();
});
