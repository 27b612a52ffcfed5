import { parseCpuList } from '../../../src/procfs/cpu-list.ts';
import { meminfoFields, uptimeSeconds } from './proc-text.ts';
import { CONTAINER_FILES, type ContainerFile, diskCounters, statTicks } from './proc-files.ts';

const CPU = 'sys/devices/system/cpu';

/**
 * What is read in one round, in this order. Files that must agree are next to each other, and what may move meanwhile is
 * read before and after.
 */
export const ROUND = [
  `${CPU}/online`,
  'proc/cpuinfo',
  `${CPU}/present`,
  `${CPU}/possible`,
  CPU,
  'proc/uptime',
  'proc/stat',
  'proc/uptime',
  `${CPU}/online`,
  `${CPU}/offline`,
  'proc/meminfo',
  'proc/swaps',
  'proc/meminfo',
  'proc/partitions',
  'proc/diskstats',
  'proc/loadavg',
  'proc/slabinfo',
  'proc/pressure/cpu',
  'proc/pressure/io',
  'proc/pressure/memory',
] as const satisfies readonly (ContainerFile | typeof CPU)[];

/** The texts of one round by path; of those that are read twice both. */
export class Round {
  readonly #texts: readonly string[];

  constructor(texts: readonly string[]) {
    this.#texts = texts;
  }

  first(path: (typeof ROUND)[number]): string {
    return this.#texts[ROUND.indexOf(path)] ?? '';
  }

  last(path: (typeof ROUND)[number]): string {
    return this.#texts[ROUND.lastIndexOf(path)] ?? '';
  }

  *[Symbol.iterator](): Generator<[(typeof ROUND)[number], string]> {
    for (const [index, path] of ROUND.entries()) yield [path, this.#texts[index] ?? ''];
  }
}

/** All that is impossible in a round; none, if all is well. `isSteady`: no limit was changed during the round. */
export function contradictions(round: Round, isSteady: boolean): string[] {
  return [
    ...malformed(round),
    ...memoryContradictions(round.first('proc/meminfo')),
    ...memoryContradictions(round.last('proc/meminfo')),
    ...diskContradictions(round),
    ...sumContradictions(round.first('proc/stat')),
    ...loadContradictions(round.first('proc/loadavg')),
    ...(isSteady
      ? [...cpuContradictions(round), ...idleContradictions(round), ...swapContradictions(round)]
      : []),
  ];
}

/** Of a number that wrapped; the largest that any file rightly holds is VmallocTotal, of 11 to 14 digits. */
const WRAPPED = /\d{15,}/;

function malformed(round: Round): string[] {
  return [...round].flatMap(([path, text]) => {
    if (path === CPU) return [];
    return CONTAINER_FILES[path].test(text) &&
      !WRAPPED.test(path === 'proc/stat' ? text.replace(/^intr.*$/m, '') : text)
      ? []
      : [`${path}: ${JSON.stringify(text)}`];
  });
}

/** Lines that are no part of what the container has of memory. */
const NOT_IN_MEMORY = /^(Swap|Zswapped|Commit|Vmalloc|Huge|DirectMap)/;

function memoryContradictions(text: string): string[] {
  const fields = meminfoFields(text);
  const field = (name: string): number => fields.get(name) ?? 0;
  const ordered = (...names: readonly string[]): string[] =>
    names
      .slice(1)
      .flatMap((name, index) => notAbove(names[index] ?? '', field(names[index] ?? ''), name, field(name)));
  return [
    ...ordered('MemFree', 'MemAvailable', 'MemTotal'),
    ...ordered('Shmem', 'Cached', 'MemTotal'),
    ...ordered('SReclaimable', 'Slab', 'MemTotal'),
    ...ordered('SwapFree', 'SwapTotal'),
    ...ordered('Committed_AS', 'CommitLimit'),
    ...notAbove(
      'MemFree + Buffers + Cached + Slab',
      field('MemFree') + field('Buffers') + field('Cached') + field('Slab'),
      'MemTotal',
      field('MemTotal'),
    ),
    ...[...fields.keys()]
      .filter((name) => !NOT_IN_MEMORY.test(name))
      .flatMap((name) => ordered(name, 'MemTotal')),
    ...(field('MemTotal') > 0 ? [] : ['MemTotal is 0']),
  ];
}

/** Swap moves all the time, and on v1 its use is the difference of two numbers that are read one after the other. */
function swapContradictions(round: Round): string[] {
  const [before, after] = [swapOf(round.first('proc/meminfo')), swapOf(round.last('proc/meminfo'))];
  const [, total = 0, used = 0] = /virtual\t\t(\d+)\t(\d+)/.exec(round.first('proc/swaps')) ?? [];
  const swaps = { totalKb: Number(total), usedKb: Number(used) };
  const agree =
    before.totalKb !== after.totalKb ||
    (swaps.totalKb === before.totalKb &&
      swaps.usedKb >= Math.min(before.usedKb, after.usedKb) - SWAP_NOISE_KB &&
      swaps.usedKb <= Math.max(before.usedKb, after.usedKb) + SWAP_NOISE_KB);
  return agree ? [] : [`swaps says ${format(swaps)}, meminfo ${format(before)}, then ${format(after)}`];
}

/** Memory that comes and goes between two reads. */
const SWAP_NOISE_KB = 8 * 1024;

interface SwapNumbers {
  readonly totalKb: number;
  readonly usedKb: number;
}

function swapOf(meminfo: string): SwapNumbers {
  const fields = meminfoFields(meminfo);
  const totalKb = fields.get('SwapTotal') ?? Number.NaN;
  return { totalKb, usedKb: totalKb - (fields.get('SwapFree') ?? Number.NaN) };
}

function format({ totalKb, usedKb }: SwapNumbers): string {
  return `${totalKb} kB, ${usedKb} kB used`;
}

/** Work is never taken back, so partitions, read before, has no disk that diskstats has not. */
function diskContradictions(round: Round): string[] {
  const counted = diskCounters(round.first('proc/diskstats'));
  const names = round.first('proc/partitions').trim().split('\n').slice(2);
  return names
    .map((line) => line.split(/ +/).at(-1) ?? '')
    .filter((name) => !counted.has(name))
    .map((name) => `partitions has ${name}, diskstats has not`);
}

function sumContradictions(text: string): string[] {
  const [[, sum = []] = [], ...cpus] = statTicks(text);
  const added = sum.map((_, column) =>
    cpus.reduce((ticks, [, columns]) => ticks + (columns[column] ?? 0), 0),
  );
  return String(added) === String(sum)
    ? []
    : [`cpu of stat is ${sum.join(' ')}, its CPUs make ${added.join(' ')}`];
}

function loadContradictions(text: string): string[] {
  const [, running = '', total = ''] = / (\d+)\/(\d+) /.exec(text) ?? [];
  return notAbove('running tasks', Number(running), 'tasks', Number(total));
}

/** The CPUs of all files that show some. */
function cpuContradictions(round: Round): string[] {
  const listed = (path: (typeof ROUND)[number]): string => numbers(parseCpuList(round.first(path)) ?? []);
  const online = listed(`${CPU}/online`);
  const shown = {
    present: listed(`${CPU}/present`),
    possible: listed(`${CPU}/possible`),
    'the directory': numbers([...round.first(CPU).matchAll(/^cpu(\d+)$/gm)].map(([, cpu]) => Number(cpu))),
    stat: numbers(
      [...statTicks(round.first('proc/stat')).keys()].slice(1).map((name) => Number(name.slice(3))),
    ),
  };
  const processors = round.first('proc/cpuinfo').match(/^processor\s*[:\d]/gm)?.length ?? 0;
  const count = online.split(' ').length;
  return [
    ...Object.entries(shown).flatMap(([name, cpus]) =>
      cpus === online ? [] : [`${name} has CPUs ${cpus}, online ${online}`],
    ),
    ...(processors === count ? [] : [`cpuinfo has ${processors} processors, online ${online}`]),
  ];
}

function numbers(cpus: readonly number[]): string {
  return cpus.toSorted((a, b) => a - b).join(' ');
}

/** Idle in uptime before stat, in stat, and in uptime after stat. */
function idleContradictions(round: Round): string[] {
  const before = ticksOf(uptimeSeconds(round.first('proc/uptime')).idle);
  const idle = statTicks(round.first('proc/stat')).get('cpu')?.[3] ?? Number.NaN;
  const after = ticksOf(uptimeSeconds(round.last('proc/uptime')).idle);
  return before <= idle && idle <= after
    ? []
    : [`idle is ${before} in uptime, then ${idle} in stat, then ${after} in uptime`];
}

function ticksOf(seconds: number): number {
  return Math.round(seconds * 100);
}

function notAbove(name: string, value: number, otherName: string, other: number): string[] {
  return value >= 0 && value <= other ? [] : [`${name} is ${value}, ${otherName} ${other}`];
}

/** All numbers of a round that never decrease, by what they are. */
export function growingNumbers(round: Round): Map<string, number> {
  const growing = new Map<string, number>();
  const add = (path: ContainerFile, name: string, value: number): void => {
    const key = `${path}: ${name}`;
    growing.set(key, Math.max(value, growing.get(key) ?? value));
  };
  for (const [name, columns] of statTicks(round.first('proc/stat'))) {
    if (name !== 'cpu')
      columns.forEach((value, column) => add('proc/stat', `${name}, column ${column}`, value));
  }
  add('proc/uptime', 'age', uptimeSeconds(round.first('proc/uptime')).age);
  for (const [disk, counters] of diskCounters(round.first('proc/diskstats'))) {
    counters.forEach((value, column) => {
      if (column !== IN_PROGRESS) add('proc/diskstats', `${disk}, column ${column}`, value);
    });
  }
  for (const path of ['proc/pressure/cpu', 'proc/pressure/io', 'proc/pressure/memory'] as const) {
    for (const [, share = '', total] of round.first(path).matchAll(/^(\w+) .* total=(\d+)$/gm))
      add(path, share, Number(total));
  }
  return growing;
}

const IN_PROGRESS = 8;
