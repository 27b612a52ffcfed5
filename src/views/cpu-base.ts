import type { CpuTime, CpuUsageReading } from '../cgroup/cpu.ts';
import type { CpuNumbers } from '../procfs/cpu-list.ts';

/** What stat shows of one CPU; its other columns are 0. All are USER_HZ ticks. */
export interface CpuColumns extends CpuTime {
  readonly idleTicks: number;
}

/** The CPUs of a container and what they can give it. */
export interface CpuShare {
  /** The visible CPUs, by the host's numbers. */
  readonly hostCpus: CpuNumbers;
  /** The same CPUs by the numbers shown. */
  readonly shownCpus: CpuNumbers;
  /** In CPUs: their count, or a quota below it such as 1.5. */
  readonly capacityCpus: number;
  /** What was used on each CPU is known and shown there; else the total counts as spread evenly over the visible ones. */
  readonly isCountedPerCpu: boolean;
}

/** The kernel's counters at one moment. */
export interface CpuSample {
  /** Age of the container. */
  readonly ageTicks: number;
  readonly usage: CpuUsageReading;
}

/**
 * From where a container's ticks are counted: at the moment of `sample` its CPUs, which then became those of `share`, had
 * shown `columns` (by shown number). What they show later follows from the growth of the kernel's counters since.
 */
export interface CpuBase {
  readonly share: CpuShare;
  readonly sample: CpuSample;
  readonly columns: ReadonlyMap<number, CpuColumns>;
}

const NO_TIME: CpuTime = { userTicks: 0, niceTicks: 0, systemTicks: 0 };

/** A CPU that has shown nothing yet. */
export const NO_COLUMNS: CpuColumns = { ...NO_TIME, idleTicks: 0 };

/** The base of a container of which nothing is remembered: all that the kernel has counted is shown. */
export function firstBase(share: CpuShare): CpuBase {
  return { share, sample: NOTHING_COUNTED, columns: NOTHING_SHOWN };
}

const NOTHING_COUNTED: CpuSample = { ageTicks: 0, usage: { total: NO_TIME, perCpu: undefined } };
const NOTHING_SHOWN: CpuBase['columns'] = new Map();

/**
 * What the visible CPUs show at the moment of `sample`, in the order of `base.share.shownCpus`.
 *
 * User and system are what was used on that CPU, or its even part of the total. Idle is what is left of the CPU's time, or where
 * a quota lets the CPUs use less than that together, its even part of what is left of the quota. All are whole ticks and
 * grow with the counters, except that idle would have to go back where a group runs ahead of its share for a moment: a
 * burst, or counters that the kernel adds to late. {@link settleColumns} keeps what was shown.
 */
export function columnsAt(base: CpuBase, sample: CpuSample): CpuColumns[] {
  const { hostCpus, shownCpus, isCountedPerCpu } = base.share;
  const count = shownCpus.length;
  const total = grownTime(sample.usage.total, base.sample.usage.total);
  const ageTicks = Math.max(0, sample.ageTicks - base.sample.ageTicks);
  const leftTicks = sharedLeftTicks(base, ageTicks, total);
  return shownCpus.map((shown, index): CpuColumns => {
    const before = base.columns.get(shown) ?? NO_COLUMNS;
    const used = isCountedPerCpu
      ? grownTimeOf(hostCpus[index] ?? shown, base, sample)
      : evenPartOfTime(total, index, count);
    const idleTicks =
      leftTicks === undefined ? ageTicks - busyTicks(used) : evenPart(Math.max(0, leftTicks), index, count);
    return {
      userTicks: before.userTicks + used.userTicks,
      niceTicks: before.niceTicks + used.niceTicks,
      systemTicks: before.systemTicks + used.systemTicks,
      idleTicks: before.idleTicks + Math.max(0, idleTicks),
    };
  });
}

/**
 * True where more was used since the base than the share could give, by over a second per CPU: the group is older than the
 * container, or had a larger quota while nobody looked. A new base then lets idle grow at once, not only when the debt is paid.
 */
export function isOverdrawn(base: CpuBase, sample: CpuSample): boolean {
  const { hostCpus } = base.share;
  const ageTicks = sample.ageTicks - base.sample.ageTicks;
  const total = grownTime(sample.usage.total, base.sample.usage.total);
  const leftTicks = sharedLeftTicks(base, ageTicks, total);
  return leftTicks === undefined
    ? hostCpus.some((cpu) => ageTicks - busyTicks(grownTimeOf(cpu, base, sample)) < -OVERDRAFT_TICKS)
    : leftTicks < -OVERDRAFT_TICKS * hostCpus.length;
}

const OVERDRAFT_TICKS = 100;

/** True where both give the same CPUs the same time. */
export function isSameShare(a: CpuShare, b: CpuShare): boolean {
  return (
    a.capacityCpus === b.capacityCpus &&
    a.isCountedPerCpu === b.isCountedPerCpu &&
    isSameList(a.hostCpus, b.hostCpus) &&
    isSameList(a.shownCpus, b.shownCpus)
  );
}

/** True where both have the same CPUs in the same order. */
export function isSameList(a: CpuNumbers, b: CpuNumbers): boolean {
  return a === b || (a.length === b.length && a.every((cpu, index) => cpu === b[index]));
}

/** What the group has left of its quota; undefined where it has none that matters, and each CPU has its own time. */
function sharedLeftTicks({ share }: CpuBase, ageTicks: number, total: CpuTime): number | undefined {
  return share.isCountedPerCpu && share.capacityCpus >= share.hostCpus.length
    ? undefined
    : Math.floor(ageTicks * share.capacityCpus) - busyTicks(total);
}

function grownTimeOf(cpu: number, base: CpuBase, sample: CpuSample): CpuTime {
  return grownTime(sample.usage.perCpu?.[cpu] ?? NO_TIME, base.sample.usage.perCpu?.[cpu] ?? NO_TIME);
}

function grownTime(now: CpuTime, then: CpuTime): CpuTime {
  return {
    userTicks: Math.max(0, now.userTicks - then.userTicks),
    niceTicks: Math.max(0, now.niceTicks - then.niceTicks),
    systemTicks: Math.max(0, now.systemTicks - then.systemTicks),
  };
}

function busyTicks({ userTicks, niceTicks, systemTicks }: CpuTime): number {
  return userTicks + niceTicks + systemTicks;
}

function evenPartOfTime(time: CpuTime, index: number, count: number): CpuTime {
  return {
    userTicks: evenPart(time.userTicks, index, count),
    niceTicks: evenPart(time.niceTicks, index, count),
    systemTicks: evenPart(time.systemTicks, index, count),
  };
}

/** The parts of index 0 to count - 1 sum up to exactly `ticks`, and none of them shrinks while `ticks` grows. */
function evenPart(ticks: number, index: number, count: number): number {
  return Math.floor((ticks + index) / count);
}
