import type { CpuTime } from '../cgroup/cpu.ts';
import {
  type CpuBase,
  type CpuColumns,
  type CpuShare,
  NO_COLUMNS,
  firstBase,
  isSameList,
} from './cpu-base.ts';

/** A base as it is kept in a file, with the directory of the cgroup that it is about. */
export interface KeptBase {
  readonly directory: string;
  readonly base: CpuBase;
}

/**
 * Writes a base as lines of numbers: the cgroup's directory; age, capacity, whether each CPU is counted, and the group's
 * user, nice and system; then for each visible CPU its number at the host, the number shown, the user, nice and system
 * that were counted on it, and the user, nice, system and idle that it had shown.
 */
export function formatBase({ directory, base }: KeptBase): string {
  const { share, sample, columns } = base;
  const { ageTicks, usage } = sample;
  const lines = [
    directory,
    `${ageTicks} ${share.capacityCpus} ${Number(share.isCountedPerCpu)} ${formatTime(usage.total)}`,
  ];
  share.shownCpus.forEach((shown, index) => {
    const hostCpu = share.hostCpus[index] ?? shown;
    const counted = formatTime(usage.perCpu?.[hostCpu] ?? NO_COLUMNS);
    const shownColumns = columns.get(shown) ?? NO_COLUMNS;
    lines.push(`${hostCpu} ${shown} ${counted} ${formatTime(shownColumns)} ${shownColumns.idleTicks}`);
  });
  return `${lines.join('\n')}\n`;
}

/**
 * Parses what {@link formatBase} wrote; undefined for anything else.
 *
 * `91011 1.5 1 2221 0 1165` and `2 0 2221 0 1164 2230 0 1170 87611` below `/sys/fs/cgroup/docker/3f2a`
 */
export function parseBase(text: string): KeptBase | undefined {
  const [directory, group, ...cpus] = text.split('\n');
  if (!directory || group === undefined || cpus.pop() !== '' || cpus.length === 0) return undefined;
  const groupNumbers = numbersOf(group, 6);
  const cpuNumbers = cpus.flatMap((line) => numbersOf(line, 9) ?? []);
  if (groupNumbers === undefined || cpuNumbers.length !== cpus.length * 9) return undefined;

  const rows = cpus.map((_, index) => cpuNumbers.slice(index * 9, (index + 1) * 9));
  // Thousands of these are kept: map() makes arrays no larger than they need to be.
  const hostCpus = rows.map(([hostCpu = 0]) => hostCpu);
  const shownCpus = rows.map(([, shown = 0]) => shown);
  const share: CpuShare = {
    hostCpus,
    shownCpus: isSameList(hostCpus, shownCpus) ? hostCpus : shownCpus,
    capacityCpus: groupNumbers[1] ?? 0,
    isCountedPerCpu: groupNumbers[2] === 1,
  };
  // The first base of a container, and most have no other: all of it is 0, and kept once.
  if (isFirst(groupNumbers, rows)) return { directory, base: firstBase(share) };
  const perCpu: CpuTime[] = [];
  rows.forEach((row, index) => (perCpu[hostCpus[index] ?? 0] = timeOf(row, 2)));
  return {
    directory,
    base: {
      share,
      sample: { ageTicks: groupNumbers[0] ?? 0, usage: { total: timeOf(groupNumbers, 3), perCpu } },
      columns: new Map(rows.map((row) => [row[1] ?? 0, columnsOf(row, 5)])),
    },
  };
}

/** True where nothing had been counted, nor shown. */
function isFirst([ageTicks, , , ...total]: readonly number[], rows: readonly (readonly number[])[]): boolean {
  return ageTicks === 0 && total.every(isZero) && rows.every((row) => row.slice(2).every(isZero));
}

function isZero(ticks: number): boolean {
  return ticks === 0;
}

function formatTime({ userTicks, niceTicks, systemTicks }: CpuTime): string {
  return `${userTicks} ${niceTicks} ${systemTicks}`;
}

function timeOf(numbers: readonly number[], start: number): CpuTime {
  const [userTicks = 0, niceTicks = 0, systemTicks = 0] = numbers.slice(start, start + 3);
  return { userTicks, niceTicks, systemTicks };
}

function columnsOf(numbers: readonly number[], start: number): CpuColumns {
  const { userTicks, niceTicks, systemTicks } = timeOf(numbers, start);
  return { userTicks, niceTicks, systemTicks, idleTicks: numbers[start + 3] ?? 0 };
}

/** Exactly `count` numbers, none of them negative or endless. */
function numbersOf(line: string, count: number): number[] | undefined {
  const numbers = line.split(' ').map((word) => (word === '' ? Number.NaN : Number(word)));
  return numbers.length === count && numbers.every((number) => number >= 0 && number < Infinity)
    ? numbers
    : undefined;
}
