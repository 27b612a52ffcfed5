import type { Result } from './compare.ts';
import type { Figure } from './figure.ts';
import { FLOOR, OURS } from './peer.ts';

/** What the benchmark is to come to, and whether it did. */
export interface Verdict {
  readonly target: string;
  readonly limit: string;
  /** The worst value, and what it was measured with. */
  readonly measured: string;
  readonly met: boolean;
}

interface Target {
  readonly name: string;
  readonly setting: string;
  readonly pick: (result: Result) => number;
  /** The ratio of ours to the other's is to be at most this, or with `isRate` at least. */
  readonly each: number;
  readonly meminfo: number;
  readonly isRate?: true;
}

const p50 = (result: Result): number => result.p50;
const daemonCpu = (result: Result): number => result.daemonCpu;

const TARGETS: readonly Target[] = [
  { name: 'one CPU, p50', setting: 'one-cpu', pick: p50, each: 0.45, meminfo: 0.3 },
  { name: 'free, p50', setting: 'free', pick: p50, each: 0.8, meminfo: 0.65 },
  { name: 'free, p99', setting: 'free', pick: ({ p99 }) => p99, each: 1, meminfo: 1 },
  {
    name: 'crowd, operations per second',
    setting: 'crowd',
    pick: ({ operationsPerSecond }) => operationsPerSecond,
    each: 1.5,
    meminfo: 2,
    isRate: true,
  },
  { name: 'one CPU, daemon CPU', setting: 'one-cpu', pick: daemonCpu, each: 0.6, meminfo: 0.5 },
  { name: 'free, daemon CPU', setting: 'free', pick: daemonCpu, each: 0.6, meminfo: 0.5 },
  { name: 'pread, p50', setting: 'pread', pick: p50, each: 0.6, meminfo: 0.5 },
];
const MEMINFO = 'proc/meminfo';
const FLOOR_SETTINGS = ['one-cpu', 'free', 'pread'];
const MOST_FLOORS = 2;

/** Judges everything that was measured and has a target; ratios are to the first implementation that is compared with. */
export function judge(results: readonly Result[], figures: readonly Figure[]): Verdict[] {
  const other = results.find(({ peer }) => peer !== OURS && peer !== FLOOR)?.peer;
  const compared =
    other === undefined ? [] : TARGETS.flatMap((target) => judgeTarget(target, other, results));
  const floors = FLOOR_SETTINGS.flatMap((setting) => {
    const target = { name: `${setting}, p50 by the floor's`, setting, pick: p50, each: MOST_FLOORS };
    return judgeRatios(target, ratiosTo(FLOOR, target, results), 'each file', MOST_FLOORS);
  });
  return [...compared, ...floors, ...figures.flatMap(judgeFigure)];
}

function judgeTarget(target: Target, other: string, results: readonly Result[]): Verdict[] {
  const ratios = ratiosTo(other, target, results);
  const ofMeminfo = ratios.filter(({ subject }) => subject === MEMINFO);
  return [
    ...judgeRatios(target, ratios, 'each file', target.each),
    ...judgeRatios(target, ofMeminfo, 'meminfo', target.meminfo),
  ];
}

interface Ratio {
  readonly subject: string;
  readonly value: number;
}

function ratiosTo(
  other: string,
  { setting, pick }: Pick<Target, 'setting' | 'pick'>,
  results: readonly Result[],
): Ratio[] {
  const inSetting = results.filter((result) => result.setting === setting);
  return inSetting.flatMap((theirs) => {
    if (theirs.peer !== other) return [];
    const ours = inSetting.find(({ peer, subject }) => peer === OURS && subject === theirs.subject);
    return ours === undefined ? [] : [{ subject: theirs.subject, value: pick(ours) / pick(theirs) }];
  });
}

function judgeRatios(
  { name, isRate }: Pick<Target, 'name' | 'isRate'>,
  ratios: readonly Ratio[],
  of: string,
  limit: number,
): Verdict[] {
  const sorted = ratios.toSorted((a, b) => (isRate ? a.value - b.value : b.value - a.value));
  const [worst] = sorted;
  if (worst === undefined) return [];
  const failing = sorted.filter(({ value }) => !(isRate ? value >= limit : value <= limit));
  const list = (failing.length === 0 ? [worst] : failing).map(
    ({ subject, value }) => `${subject} ${value.toFixed(2)}`,
  );
  return [
    {
      target: `${name}, ${of}`,
      limit: `${isRate ? '>=' : '<='} ${limit}`,
      measured: list.join(', '),
      met: failing.length === 0,
    },
  ];
}

function judgeFigure({ name, peer, value, unit, most }: Figure): Verdict[] {
  if (most === undefined || peer !== OURS) return [];
  return [
    {
      target: name,
      limit: `<= ${most} ${unit}`.trimEnd(),
      measured: `${value.toFixed(2)} ${unit}`.trimEnd(),
      met: value <= most,
    },
  ];
}
