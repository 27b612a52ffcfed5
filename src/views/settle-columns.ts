import {
  type CpuBase,
  type CpuColumns,
  type CpuSample,
  type CpuShare,
  columnsAt,
  firstBase,
  isOverdrawn,
  isSameShare,
} from './cpu-base.ts';

/** The counters and, read after them, the share that they are judged by. */
export interface CpuMoment {
  readonly sample: CpuSample;
  readonly share: CpuShare;
}

/** What is shown, in the order of `moment.share.shownCpus`. */
export interface Settled {
  readonly columns: readonly CpuColumns[];
  readonly moment: CpuMoment;
}

/** What has been shown of one container, by any thread of this server or an earlier one. */
export interface ShownMemory {
  /** Number of the base in force, growing; 0 before the first. */
  readonly generation: number;
  /** Undefined before the first, and where it cannot be understood. */
  readonly base: CpuBase | undefined;
  /** The most that each of these shown CPUs has shown in each column. */
  readonly shownSoFar: (shownCpu: number) => CpuColumns;
}

/** Where the memory is kept. Threads and processes that use one at the same moment see each other's changes. */
export interface ShownStore {
  recall(): ShownMemory;
  /** Makes `base` the base of this generation, unless another thread was first: then that one's counts. */
  establish(generation: number, base: CpuBase): void;
  /** Notes what is about to be shown; from when this returns, all see it. */
  note(shownCpus: readonly number[], columns: readonly CpuColumns[]): void;
}

/**
 * What the CPUs of a container show now, never less than anyone was shown before; undefined where `gather` finds nothing.
 *
 * Whoever finds that the share has changed makes a new base: what was shown so far, and the counters of now. They are read
 * again for it: all who still go by the old share have read their counters before the change, so none of them shows more
 * than the new base has. Two that find it at once agree through {@link ShownStore.establish}.
 */
export function settleColumns(store: ShownStore, gather: () => CpuMoment | undefined): Settled | undefined {
  let moment = gather();
  if (moment === undefined) return undefined;
  let memory = store.recall();
  let base = inForce(memory.base, moment);
  for (let attempt = 0; base === undefined && attempt < MAX_ATTEMPTS; attempt++) {
    moment = gather() ?? moment;
    base = inForce(memory.base, moment);
    if (base !== undefined) break;
    store.establish(memory.generation + 1, nextBase(memory, moment));
    memory = store.recall();
    base = inForce(memory.base, moment);
  }
  base ??= nextBase(memory, moment);
  const columns = columnsAt(base, moment.sample).map((now, index) =>
    atLeast(now, memory.shownSoFar(moment.share.shownCpus[index] ?? index)),
  );
  store.note(moment.share.shownCpus, columns);
  return { columns, moment };
}

/** The share could change at each attempt, and the store be out of order. */
const MAX_ATTEMPTS = 3;

/** The base, unless the share is another one since. */
function inForce(base: CpuBase | undefined, { share, sample }: CpuMoment): CpuBase | undefined {
  return base && isSameShare(base.share, share) && !isOverdrawn(base, sample) ? base : undefined;
}

/**
 * What was shown so far stays, and all CPUs go on from there: those that stay, and those that come, at nothing or, where they
 * had gone, at what they showed last. One that goes takes its line with it.
 */
function nextBase({ base, generation, shownSoFar }: ShownMemory, { share, sample }: CpuMoment): CpuBase {
  if (base === undefined && generation === 0) return firstBase(share);
  const columns = new Map(share.shownCpus.map((shown) => [shown, shownSoFar(shown)]));
  const now = base ? columnsAt(base, sample) : [];
  now.forEach((ofCpu, index) => {
    const shown = base?.share.shownCpus[index] ?? index;
    const shownColumns = columns.get(shown);
    if (shownColumns !== undefined) columns.set(shown, atLeast(ofCpu, shownColumns));
  });
  return { share, sample, columns };
}

function atLeast(columns: CpuColumns, least: CpuColumns): CpuColumns {
  return {
    userTicks: Math.max(columns.userTicks, least.userTicks),
    niceTicks: Math.max(columns.niceTicks, least.niceTicks),
    systemTicks: Math.max(columns.systemTicks, least.systemTicks),
    idleTicks: Math.max(columns.idleTicks, least.idleTicks),
  };
}
