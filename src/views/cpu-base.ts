import type { CpuTime, CpuUsageReading } from '../cgroup/cpu.ts';
import type { CpuView } from './cpu-view.ts';

/** What stat shows of one CPU; its other columns are 0. All are USER_HZ ticks. */
export interface CpuColumns extends CpuTime {
  readonly idleTicks: number;
}

/** What the visible CPUs of a container can give it. */
export interface CpuShare extends CpuView {
  /** In CPUs: their count, or a quota below it such as 1.5. */
  readonly capacityCpus: number;
}

/** The kernel's counters at one moment. */
export interface CpuSample {
  /** Age of the container. */
  readonly ageTicks: number;
  readonly usage: CpuUsageReading;
}

/**
 * From where a container's ticks are counted: at the moment of `sample` its CPUs, which were those of `share`, had shown
 * `columns` (by shown number). What they show later follows from the growth of the kernel's counters since.
 */
export interface CpuBase {
  readonly share: CpuShare;
  readonly sample: CpuSample;
  readonly columns: ReadonlyMap<number, CpuColumns>;
}

const NO_TIME: CpuTime = { userTicks: 0, niceTicks: 0, systemTicks: 0 };
const NO_COLUMNS: CpuColumns = { ...NO_TIME, idleTicks: 0 };

/** The base of a container of which nothing is remembered: all that the kernel has counted is shown. */
export function firstBase(share: CpuShare): CpuBase {
  const usage = { total: NO_TIME, perCpu: [] };
  return { share, sample: { ageTicks: 0, usage }, columns: new Map() };
}

/**
 * What the visible CPUs show at the moment of `sample`, in the order of `base.share.shownCpus`. All is whole ticks, and each
 * column grows where the counters do, but for idle: while a group uses more than its share (a burst, counters that
 * are read one after the other) idle would have to give back what it has shown already; see {@link CpuLedger}.
 *
 * User and system are what was used on that CPU, or an even part of the total where the kernel counts the total alone or some
 * of the CPUs used are invisible. Idle is what is left of the CPU's time, or where a quota lets the CPUs together use
 * less than their time, an even part of what is left of the quota.
 */
export function columnsAt(base: CpuBase, sample: CpuSample): CpuColumns[] {
  const { hostCpus, shownCpus, isCutByQuota, capacityCpus } = base.share;
  const count = shownCpus.length;
  const total = grownTime(sample.usage.total, base.sample.usage.total);
  const ageTicks = Math.max(0, sample.ageTicks - base.sample.ageTicks);
  const leftTicks = Math.max(0, Math.floor(ageTicks * capacityCpus) - busyTicks(total));
  const perCpu = isCutByQuota ? undefined : sample.usage.perCpu;
  const isIdleShared = perCpu === undefined || capacityCpus < count;

  return shownCpus.map((shown, index): CpuColumns => {
    const before = base.columns.get(shown) ?? NO_COLUMNS;
    const cpu = hostCpus[index] ?? shown;
    const used =
      perCpu === undefined
        ? partOfTime(total, index, count)
        : grownTime(perCpu[cpu] ?? NO_TIME, base.sample.usage.perCpu?.[cpu] ?? NO_TIME);
    const idleTicks = isIdleShared
      ? evenPart(leftTicks, index, count)
      : Math.max(0, ageTicks - busyTicks(used));
    return {
      userTicks: before.userTicks + used.userTicks,
      niceTicks: before.niceTicks + used.niceTicks,
      systemTicks: before.systemTicks + used.systemTicks,
      idleTicks: before.idleTicks + idleTicks,
    };
  });
}

/**
 * The base that follows `base` when the container's CPUs or quota have changed to `share`: what was shown so far stays, a CPU
 * that comes starts at nothing, and one that goes takes its line with it.
 */
export function nextBase(base: CpuBase, share: CpuShare, sample: CpuSample): CpuBase {
  const shownSoFar = columnsAt(base, sample);
  const columns = new Map<number, CpuColumns>();
  base.share.shownCpus.forEach((shown, index) => {
    const shownColumns = shownSoFar[index];
    if (shownColumns && share.shownCpus.includes(shown)) columns.set(shown, shownColumns);
  });
  return { share, sample, columns };
}

/**
 * True where more was used since the base than the group's share by over a second per CPU: the counters are older than the
 * container, or the quota was larger for a time in which nobody looked. A new base then lets idle go on at once.
 */
export function isOverdrawn(base: CpuBase, sample: CpuSample): boolean {
  const { hostCpus, isCutByQuota, capacityCpus } = base.share;
  const ageTicks = sample.ageTicks - base.sample.ageTicks;
  const total = grownTime(sample.usage.total, base.sample.usage.total);
  const perCpu = isCutByQuota ? undefined : sample.usage.perCpu;
  if (perCpu === undefined || capacityCpus < hostCpus.length) {
    return busyTicks(total) - ageTicks * capacityCpus > OVERDRAFT_TICKS * hostCpus.length;
  }
  return hostCpus.some((cpu) => {
    const used = grownTime(perCpu[cpu] ?? NO_TIME, base.sample.usage.perCpu?.[cpu] ?? NO_TIME);
    return busyTicks(used) - ageTicks > OVERDRAFT_TICKS;
  });
}

const OVERDRAFT_TICKS = 100;

/** Growth of the counters; none where they have gone back, since they then belong to another group of the same name. */
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

function partOfTime(time: CpuTime, index: number, count: number): CpuTime {
  return {
    userTicks: evenPart(time.userTicks, index, count),
    niceTicks: evenPart(time.niceTicks, index, count),
    systemTicks: evenPart(time.systemTicks, index, count),
  };
}

/** The parts for index 0 to count - 1 sum up to exactly `ticks`, and none of them shrinks while `ticks` grows. */
function evenPart(ticks: number, index: number, count: number): number {
  return Math.floor((ticks + index) / count);
}
