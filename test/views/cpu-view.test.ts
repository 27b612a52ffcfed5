import { writeFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { parseCpuList } from '../../src/procfs/cpu-list.ts';
import { cpuViewOf } from '../../src/views/cpu-view.ts';
import { visibleCpus } from '../../src/views/sys/devices/system/cpu/cpu-lists.ts';
import { views } from '../../src/views/views.ts';
import { containerIn } from '../fixture.ts';
import { checkCpuFiles, cpuinfoValues } from './cpu-files.ts';

const ALLOWED = [0, 2, 3];

const CASES = [
  { quotaCpus: Infinity, enableCfs: false, hostCpus: [0, 2, 3], shownCpus: [0, 2, 3], isCutByQuota: false },
  { quotaCpus: 1.5, enableCfs: false, hostCpus: [0, 2, 3], shownCpus: [0, 2, 3], isCutByQuota: false },
  { quotaCpus: Infinity, enableCfs: true, hostCpus: [0, 2, 3], shownCpus: [0, 1, 2], isCutByQuota: false },
  { quotaCpus: 3, enableCfs: true, hostCpus: [0, 2, 3], shownCpus: [0, 1, 2], isCutByQuota: false },
  { quotaCpus: 2.5, enableCfs: true, hostCpus: [0, 2, 3], shownCpus: [0, 1, 2], isCutByQuota: false },
  { quotaCpus: 1.5, enableCfs: true, hostCpus: [0, 2], shownCpus: [0, 1], isCutByQuota: true },
  { quotaCpus: 0.5, enableCfs: true, hostCpus: [0], shownCpus: [0], isCutByQuota: true },
  { quotaCpus: 0, enableCfs: true, hostCpus: [0], shownCpus: [0], isCutByQuota: true },
] as const;

for (const { quotaCpus, enableCfs, ...expected } of CASES) {
  t.same(cpuViewOf(ALLOWED, quotaCpus, enableCfs), expected, `quota ${quotaCpus}, --enable-cfs ${enableCfs}`);
}

const MOUNTINFO = ['cpu', 'cpuacct', 'cpuset']
  .map((name, id) => `${id} 1 0:${id} / /cgroup/${name} rw - cgroup cgroup rw,${name}\n`)
  .join('');

interface Machine {
  readonly online: string;
  /** Those that can come online; by default those that are. */
  readonly possible?: string;
  readonly cpuset: string;
  readonly quotaMicros: number;
  /** What the container has used of each possible CPU. */
  readonly usedTicks?: (cpu: number) => { readonly user: number; readonly system: number };
}

const MACHINE_AGE_TICKS = 100_000;
const TICK_NANOS = 10_000_000;

/** A machine, and a container of the given cpuset and quota. */
function machine(
  t: Test,
  {
    online,
    possible = online,
    cpuset,
    quotaMicros,
    usedTicks = () => ({ user: 2000, system: 1000 }),
  }: Machine,
): string {
  const usageOf = (cpu: number): string => {
    const { user, system } = usedTicks(cpu);
    return `${cpu} ${user * TICK_NANOS} ${system * TICK_NANOS}\n`;
  };
  const usage = (parseCpuList(possible) ?? []).map(usageOf).join('');
  return t.testdir({
    proc: {
      self: { mountinfo: MOUNTINFO },
      100: {
        cgroup: '3:cpuset:/a/b\n2:cpuacct:/a/b\n1:cpu:/a/b\n',
        stat: '100 (a) (b c) S 0 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 5000 0 0\n',
      },
      cpuinfo: cpuinfoOf(online),
      stat: statOf(online),
      uptime: '1050.00 777.00\n',
    },
    sys: { devices: { system: { cpu: { online: `${online}\n`, possible: `${possible}\n` } } } },
    cgroup: {
      cpuset: {
        'cpuset.effective_cpus': `${online}\n`,
        a: { b: { 'cpuset.effective_cpus': `${cpuset}\n` } },
      },
      cpu: {
        a: {
          b: { 'cpu.cfs_quota_us': `${quotaMicros}\n`, 'cpu.cfs_period_us': '100000\n', tasks: '100\n' },
        },
      },
      cpuacct: { a: { b: { 'cpuacct.usage_all': `cpu user system\n${usage}` } } },
    },
  });
}

/** The host's file: the kernel leaves out CPUs that are not online. */
function cpuinfoOf(online: string): string {
  return (parseCpuList(online) ?? []).map((cpu) => `processor\t: ${cpu}\nmodel name\t: A${cpu}\n\n`).join('');
}

/** As {@link cpuinfoOf}. */
function statOf(online: string): string {
  const cpus = (parseCpuList(online) ?? []).map((cpu) => `cpu${cpu} 777 0 0 0 0 0 0 0 0 0\n`);
  return `cpu  0 0 0 0 0 0 0 0 0 0\n${cpus.join('')}ctxt 1\n`;
}

for (const { online, cpuset, quotaMicros, enableCfs, shown } of [
  { online: '0-3', cpuset: '0,2-3', quotaMicros: -1, enableCfs: false, shown: '0,2-3' },
  { online: '0-3', cpuset: '1', quotaMicros: 50_000, enableCfs: false, shown: '1' },
  { online: '0-3', cpuset: '', quotaMicros: -1, enableCfs: false, shown: '0-3' },
  { online: '0-3', cpuset: '1-3', quotaMicros: 150_000, enableCfs: true, shown: '0-1' },
  { online: '0-3', cpuset: '1-3', quotaMicros: 50_000, enableCfs: true, shown: '0' },
  { online: '0-1023', cpuset: '1-1023', quotaMicros: -1, enableCfs: false, shown: '1-1023' },
  { online: '0-1023', cpuset: '0-1023', quotaMicros: 100_050_000, enableCfs: true, shown: '0-1000' },
]) {
  t.test(`CPUs ${online}, cpuset "${cpuset}", quota ${quotaMicros}: all files agree`, (t) => {
    const context = containerIn(machine(t, { online, cpuset, quotaMicros }), { enableCfs });
    checkCpuFiles(t, context, { shown, ageTicks: MACHINE_AGE_TICKS });
    t.end();
  });
}

/** 760 of 1,024 CPUs are there. */
const HOTPLUG = { possible: '0-1023', online: '0-3,8-511,768-1015,1020-1023' };
const CPUSET = '2-3,8,500-511,1000-1003';
const CPUS = parseCpuList(CPUSET) ?? [];
/** Of each of its CPUs the container has used as many ticks as its number says, and so of CPU 600 before that went. */
const usedTicks = (cpu: number): { user: number; system: number } =>
  CPUS.includes(cpu) || cpu === 600 ? { user: cpu, system: 1 } : { user: 0, system: 0 };

t.test('a cpuset within 1,024 possible CPUs, not all of them online', (t) => {
  const context = containerIn(machine(t, { ...HOTPLUG, cpuset: CPUSET, quotaMicros: -1, usedTicks }), {
    enableLoadavg: true,
  });
  const { sum, cpus } = checkCpuFiles(t, context, { shown: CPUSET, ageTicks: MACHINE_AGE_TICKS });
  t.same(
    cpus,
    CPUS.map((cpu) => [cpu, 0, 1, MACHINE_AGE_TICKS - cpu - 1, 0, 0, 0, 0, 0, 0]),
    'each CPU shows its own time',
  );
  // 2 + 3 + 8 + (500 + ... + 511) + (1000 + ... + 1003), and what is left of 19 CPUs.
  t.same(sum.slice(0, 4), [10_085, 0, 19, 1_889_896]);
  t.equal(views.get('proc/loadavg')?.(context), '0.00 0.00 0.00 0/1 1\n');
  t.end();
});

t.test('there a quota of 4.5 CPUs', (t) => {
  const root = machine(t, { ...HOTPLUG, cpuset: CPUSET, quotaMicros: 450_000, usedTicks });
  const context = containerIn(root, { enableCfs: true });
  const { sum, cpus } = checkCpuFiles(t, context, { shown: '0-4', ageTicks: MACHINE_AGE_TICKS });
  t.same(cpuinfoValues(context, 'model name'), ['A2', 'A3', 'A8', 'A500', 'A501'], 'the first of the cpuset');
  t.same([...(visibleCpus(context)?.values() ?? [])], [2, 3, 8, 500, 501], 'directories');
  // With what CPU 600 gave; the quota is 450,000 ticks.
  t.same(sum.slice(0, 4), [10_685, 0, 20, 439_295]);
  t.same(cpus[0]?.slice(0, 4), [2137, 0, 4, 87_859], 'a fifth of it');
  t.end();
});

const later = (idleTicks: readonly number[]): number[] => idleTicks.map((ticks) => ticks + 1000);

t.test('CPUs that come and go', (t) => {
  const few = '2-3,8,501-511';
  const cpuset = { some: few, all: CPUSET };
  const online = { some: '0-3,8-499,501-511,768-999', all: HOTPLUG.online };
  const root = machine(t, {
    possible: HOTPLUG.possible,
    online: online.some,
    cpuset: few,
    quotaMicros: -1,
    usedTicks,
  });
  const context = containerIn(root);
  const change = (which: 'some' | 'all', uptime: string): void => {
    writeFileSync(`${root}/cgroup/cpuset/a/b/cpuset.effective_cpus`, `${cpuset[which]}\n`);
    writeFileSync(`${root}/sys/devices/system/cpu/online`, `${online[which]}\n`);
    writeFileSync(`${root}/proc/cpuinfo`, cpuinfoOf(online[which]));
    writeFileSync(`${root}/proc/stat`, statOf(online[which]));
    writeFileSync(`${root}/proc/uptime`, `${uptime} 777.00\n`);
  };
  const idleNow = (shown: string, ageTicks: number): readonly (number | undefined)[] =>
    checkCpuFiles(t, context, { shown, ageTicks }).cpus.map((cpu) => cpu[3]);
  const idle = (parseCpuList(few) ?? []).map((cpu) => 99_999 - cpu);
  t.same(idleNow(few, 100_000), idle);

  change('all', '1050.00');
  const [low, high] = [idle.slice(0, 3), idle.slice(3)];
  t.same(idleNow(CPUSET, 100_000), [...low, 0, ...high, 0, 0, 0, 0], 'new ones begin at nothing');

  change('all', '1060.00');
  t.same(
    idleNow(CPUSET, 101_000),
    [...later(low), 1000, ...later(high), 1000, 1000, 1000, 1000],
    'and count on like the others',
  );

  change('some', '1060.00');
  t.same(idleNow(few, 101_000), later(idle), 'one that goes takes nothing from the others');
  t.end();
});
