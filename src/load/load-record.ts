import { type Loads, STEP_MILLIS, advanceLoads, formatLoad, seedLoads } from './load-average.ts';
import type { TaskCount } from './task-count.ts';

/** What is known of a container's load. */
export interface LoadRecord {
  readonly loads: Loads;
  readonly running: number;
  readonly blocked: number;
  readonly total: number;
  readonly lastPid: number;
  /** Time of the last step of the decay, of a clock that starts at boot and is never set. */
  readonly steppedAtMillis: number;
}

/** The record after a count of tasks, with as many steps of the decay as have become due since the last one. */
export function nextRecord(
  record: LoadRecord | undefined,
  { running, blocked, total, lastPid }: TaskCount,
  nowMillis: number,
): LoadRecord {
  const active = running + blocked;
  const elapsedMillis = record ? nowMillis - record.steppedAtMillis : -1;
  // Of a later boot's time: nothing that it says is of use.
  const isOfUse = record !== undefined && elapsedMillis >= 0;
  const steps = Math.floor(elapsedMillis / STEP_MILLIS);
  return {
    loads: isOfUse ? advanceLoads(record.loads, active, steps) : seedLoads(active),
    running,
    blocked,
    total,
    lastPid: lastPid ?? record?.lastPid ?? 1,
    steppedAtMillis: isOfUse ? record.steppedAtMillis + steps * STEP_MILLIS : nowMillis,
  };
}

/** The text of /proc/loadavg (proc_loadavg(5)): `0.31 0.12 0.04 1/5 17`. */
export function renderLoad({ loads, running, total, lastPid }: LoadRecord): string {
  return `${loads.map(formatLoad).join(' ')} ${running}/${total} ${lastPid}\n`;
}

/** A record as a line of whole numbers in the order of {@link LoadRecord}. */
export function formatRecord(record: LoadRecord): string {
  const { loads, running, blocked, total, lastPid, steppedAtMillis } = record;
  return `${loads.join(' ')} ${running} ${blocked} ${total} ${lastPid} ${steppedAtMillis}\n`;
}

/**
 * Parses what {@link formatRecord} wrote; undefined for anything else.
 *
 * `634 245 81 1 0 5 17 910110`
 */
export function parseRecord(text: string): LoadRecord | undefined {
  if (!text.endsWith('\n')) return undefined;
  const numbers = text.trimEnd().split(' ').map(Number);
  if (numbers.length !== 8 || !numbers.every((number) => Number.isSafeInteger(number) && number >= 0)) {
    return undefined;
  }
  const [
    one = 0,
    five = 0,
    fifteen = 0,
    running = 0,
    blocked = 0,
    total = 0,
    lastPid = 0,
    steppedAtMillis = 0,
  ] = numbers;
  return { loads: [one, five, fifteen], running, blocked, total, lastPid, steppedAtMillis };
}
