import type { Test } from 'tap';
import { parseCpuList } from '../../src/procfs/cpu-list.ts';
import type { ViewContext } from '../../src/views/view.ts';
import { views } from '../../src/views/views.ts';
import { visibleCpus } from '../../src/views/sys/devices/system/cpu/cpu-lists.ts';

/** What all files that tell of CPUs must agree on. */
interface Expected {
  /** The numbers shown, as `online` has them. */
  readonly shown: string;
  readonly ageTicks: number;
}

/** User, nice, system and idle, of which each is rounded to a tick by itself where time is spread evenly. */
const ROUNDED_COLUMNS = 4;

/** Renders all files that tell of CPUs, checks that they agree, and returns the columns of stat: the sum, then each CPU's. */
export function checkCpuFiles(
  t: Test,
  context: ViewContext,
  { shown, ageTicks }: Expected,
): { readonly sum: readonly number[]; readonly cpus: readonly (readonly number[])[] } {
  const textOf = (path: string): string => views.get(path)?.(context) ?? '';
  const list = parseCpuList(shown) ?? [];
  for (const name of ['online', 'possible', 'present']) {
    t.equal(textOf(`sys/devices/system/cpu/${name}`), `${shown}\n`, name);
  }
  t.equal(textOf('sys/devices/system/cpu/offline'), '\n', 'offline');
  t.same([...(visibleCpus(context)?.keys() ?? [])], list, 'directories');
  t.same(
    numbers(textOf('proc/cpuinfo'), /^processor\t: (\d+)$/gm),
    list.map((_, index) => index),
    'cpuinfo',
  );

  const stat = textOf('proc/stat');
  t.same(numbers(stat, /^cpu(\d+)(?: \d+){10}$/gm), list, 'stat');
  t.notMatch(stat, / 777 /, "nothing of the host's");
  const lines = stat.split('\n').filter((line) => line.startsWith('cpu'));
  const [sum = [], ...cpus] = lines.map((line) => line.split(/ +/).slice(1).map(Number));
  t.equal(sum.length, 10, 'columns');
  t.same(
    sum,
    sum.map((_, column) => cpus.reduce((total, cpu) => total + (cpu[column] ?? 0), 0)),
    'the first line is the sum',
  );
  const most = Math.max(...cpus.map((cpu) => cpu.reduce((total, ticks) => total + ticks, 0)));
  t.ok(most < ageTicks + ROUNDED_COLUMNS, `no CPU counts more than the age: ${most}`);

  const [age, idle] = textOf('proc/uptime').split(' ').map(Number);
  t.equal(age, ageTicks / 100, 'age');
  t.equal(Math.round((idle ?? 0) * 100), sum[3], 'idle of uptime');
  return { sum, cpus };
}

/** What the CPUs' blocks of cpuinfo say behind `label`. */
export function cpuinfoValues(context: ViewContext, label: string): string[] {
  const lines = views.get('proc/cpuinfo')?.(context)?.split('\n') ?? [];
  return lines.filter((line) => line.startsWith(label)).map((line) => line.slice(line.indexOf(': ') + 2));
}

/** The numbers that `pattern` captures. */
function numbers(text: string, pattern: RegExp): number[] {
  return Array.from(text.matchAll(pattern), (match) => Number(match[1]));
}
