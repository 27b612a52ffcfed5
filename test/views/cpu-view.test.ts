import t, { type Test } from 'tap';
import { parseCpuList } from '../../src/procfs/cpu-list.ts';
import { cpuViewOf } from '../../src/views/cpu-view.ts';
import { visibleCpus } from '../../src/views/sys/devices/system/cpu/cpu-lists.ts';
import { views } from '../../src/views/views.ts';
import { containerIn } from '../fixture.ts';

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

/** A machine of `count` CPUs, and a container of the given cpuset and quota. */
function machine(t: Test, count: number, cpuset: string, quotaMicros: number): string {
  const cpus = Array.from({ length: count }, (_, cpu) => cpu);
  const online = `0-${count - 1}\n`;
  return t.testdir({
    proc: {
      self: { mountinfo: MOUNTINFO },
      100: {
        cgroup: '3:cpuset:/a/b\n2:cpuacct:/a/b\n1:cpu:/a/b\n',
        stat: '100 (a) (b c) S 0 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 5000 0 0\n',
      },
      cpuinfo: cpus.map((cpu) => `processor\t: ${cpu}\nmodel name\t: A\n\n`).join(''),
      stat: `cpu  0 0 0 0 0 0 0 0 0 0\n${cpus.map((cpu) => `cpu${cpu} 777 0 0 0 0 0 0 0 0 0\n`).join('')}ctxt 1\n`,
      uptime: '1050.00 777.00\n',
    },
    sys: { devices: { system: { cpu: { online, possible: online } } } },
    cgroup: {
      cpuset: { 'cpuset.effective_cpus': online, a: { b: { 'cpuset.effective_cpus': `${cpuset}\n` } } },
      cpu: { a: { b: { 'cpu.cfs_quota_us': `${quotaMicros}\n`, 'cpu.cfs_period_us': '100000\n' } } },
      cpuacct: {
        a: {
          b: {
            'cpuacct.usage_all': `cpu user system\n${cpus.map((cpu) => `${cpu} 20000000000 10000000000\n`).join('')}`,
          },
        },
      },
    },
  });
}

/** The numbers that `pattern` captures. */
function names(text: string, pattern: RegExp): number[] {
  return Array.from(text.matchAll(pattern), (match) => Number(match[1]));
}

for (const { count, cpuset, quotaMicros, enableCfs, shown } of [
  { count: 4, cpuset: '0,2-3', quotaMicros: -1, enableCfs: false, shown: '0,2-3' },
  { count: 4, cpuset: '1', quotaMicros: 50_000, enableCfs: false, shown: '1' },
  { count: 4, cpuset: '', quotaMicros: -1, enableCfs: false, shown: '0-3' },
  { count: 4, cpuset: '1-3', quotaMicros: 150_000, enableCfs: true, shown: '0-1' },
  { count: 4, cpuset: '1-3', quotaMicros: 50_000, enableCfs: true, shown: '0' },
  { count: 1024, cpuset: '1-1023', quotaMicros: -1, enableCfs: false, shown: '1-1023' },
  { count: 1024, cpuset: '0-1023', quotaMicros: 100_050_000, enableCfs: true, shown: '0-1000' },
]) {
  t.test(`${count} CPUs, cpuset "${cpuset}", quota ${quotaMicros}: all files agree`, (t) => {
    const context = containerIn(machine(t, count, cpuset, quotaMicros), { enableCfs });
    const textOf = (path: string): string => views.get(path)?.(context) ?? '';

    const list = parseCpuList(shown) ?? [];
    for (const name of ['online', 'possible', 'present']) {
      t.equal(textOf(`sys/devices/system/cpu/${name}`), `${shown}\n`, name);
    }
    t.equal(textOf('sys/devices/system/cpu/offline'), '\n');
    t.same([...(visibleCpus(context)?.keys() ?? [])], list, 'directories');
    t.same(
      names(textOf('proc/cpuinfo'), /^processor\t: (\d+)$/gm),
      list.map((_, index) => index),
      'cpuinfo',
    );
    const stat = textOf('proc/stat');
    t.same(names(stat, /^cpu(\d+) /gm), list, 'stat');
    t.notMatch(stat, / 777 /, "nothing of the host's");

    const rows = stat
      .split('\n')
      .filter((line) => line.startsWith('cpu'))
      .map((line) => line.split(/ +/).slice(1).map(Number));
    const [sum, ...cpus] = rows;
    t.same(
      sum?.map((_, column) => cpus.reduce((total, cpu) => total + (cpu[column] ?? 0), 0)),
      sum,
      'the first line is the sum',
    );
    const [age, idle] = textOf('proc/uptime').split(' ').map(Number);
    t.equal(age, 1000);
    t.equal(Math.round((idle ?? 0) * 100), sum?.[3], 'uptime');
    t.end();
  });
}
