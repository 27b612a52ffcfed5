/** Load averages over 1, 5 and 15 minutes, as the kernel keeps them: whole numbers, 2048 being a load of 1. */
export type Loads = readonly [number, number, number];

/** Time from one step of the decay to the next. */
export const STEP_MILLIS = 5000;

/** 11 bits behind the point (include/linux/sched/loadavg.h). */
const ONE = 1 << 11;

/** What is left of a load after one step: 1/exp(5 s / 1, 5, 15 min). */
const DECAYS: Loads = [1884, 2014, 2037];

/** Averages of a container of which nothing is known but the number of its active tasks now. */
export function seedLoads(activeTasks: number): Loads {
  const load = activeTasks * ONE;
  return [load, load, load];
}

/**
 * The averages `steps` steps later, all with this number of active tasks. Several steps at once decay as the kernel's own do
 * after a time without ticks (calc_load_n in kernel/sched/loadavg.c), to the same last digit.
 */
export function advanceLoads(loads: Loads, activeTasks: number, steps: number): Loads {
  if (steps <= 0) return loads;
  const active = activeTasks * ONE;
  const [one, five, fifteen] = loads;
  return [
    decayed(one, power(DECAYS[0], steps), active),
    decayed(five, power(DECAYS[1], steps), active),
    decayed(fifteen, power(DECAYS[2], steps), active),
  ];
}

/** Two decimals, as in /proc/loadavg: `0.31`. */
export function formatLoad(load: number): string {
  const rounded = load + Math.floor(ONE / 200);
  const hundredths = Math.floor(((rounded % ONE) * 100) / ONE);
  return `${Math.floor(rounded / ONE)}.${String(hundredths).padStart(2, '0')}`;
}

/** Rounded up where the load rises, so that it reaches the number of tasks, and down where it falls, so that it reaches 0. */
function decayed(load: number, decay: number, active: number): number {
  const sum = load * decay + active * (ONE - decay);
  return Math.floor((sum + (active >= load ? ONE - 1 : 0)) / ONE);
}

/** `base` to the power of `exponent`, both the base and the result in parts of {@link ONE}, rounded as the kernel does. */
function power(base: number, exponent: number): number {
  let result = ONE;
  let square = base;
  for (let rest = exponent; ; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = Math.floor((result * square + ONE / 2) / ONE);
    if (rest <= 1) return result;
    square = Math.floor((square * square + ONE / 2) / ONE);
  }
}
