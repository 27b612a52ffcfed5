import { scanNumber } from './scan-number.ts';

/** What is needed of /proc/PID/stat. */
export interface PidStat {
  /** One letter, `R`, `S`, `D`, `Z`... */
  readonly state: string;
  readonly parentPid: number;
  /** Start of the process in USER_HZ ticks since boot. */
  readonly startTicks: number;
}

/** Index of `starttime` (field 22) among the fields after the command name; `state` (field 3) is the first of them. */
const START_TIME_INDEX = 19;

/**
 * Parses /proc/PID/stat (proc_pid_stat(5)). The command name may hold spaces and brackets, so the fields are counted
 * from the last closing one. Undefined where the text has another form.
 *
 * `17 (a) (b c) S 1 17 17 0 -1 4194560 162 0 0 0 0 0 0 0 20 0 1 0 89141 2424832 ...`
 */
export function parsePidStat(text: string): PidStat | undefined {
  let start = text.lastIndexOf(')') + 2;
  if (start < 2) return undefined;
  const state = text.charAt(start);
  start = text.indexOf(' ', start) + 1;
  const parentPid = scanNumber(text, start, text.indexOf(' ', start));
  for (let index = 1; index < START_TIME_INDEX; index++) {
    start = text.indexOf(' ', start) + 1;
    if (start === 0) return undefined;
  }
  const startTicks = scanNumber(text, start, text.indexOf(' ', start));
  return parentPid === undefined || startTicks === undefined ? undefined : { state, parentPid, startTicks };
}
