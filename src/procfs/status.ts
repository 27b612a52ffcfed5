import { scanNumber } from './scan-number.ts';

/** What is needed of /proc/PID/status. */
export interface PidStatus {
  readonly parentPid: number;
  /** Thread group, the pid of the process that a thread belongs to. */
  readonly threadGroupId: number;
  /** The thread's id in each pid namespace, from the reader's own (of this /proc) to the innermost. */
  readonly namespacePids: readonly [number, ...number[]];
}

/**
 * Parses /proc/PID/status (proc_pid_status(5)). Undefined where one of the lines is missing: the kernel is older than 4.1,
 * or the text is cut short.
 *
 * `NSpid:\t4711\t17\t1` after `Tgid:\t4711` and `PPid:\t1`
 */
export function parsePidStatus(text: string): PidStatus | undefined {
  const threadGroupId = numbersOf(text, '\nTgid:\t')[0];
  const parentPid = numbersOf(text, '\nPPid:\t')[0];
  const [first, ...others] = numbersOf(text, '\nNSpid:\t');
  if (threadGroupId === undefined || parentPid === undefined || first === undefined) return undefined;
  return { threadGroupId, parentPid, namespacePids: [first, ...others] };
}

/** Tab-separated numbers of the line that starts with `label`; the command name above it cannot hold a raw newline. */
function numbersOf(text: string, label: string): number[] {
  const found = text.indexOf(label);
  const end = text.indexOf('\n', found + 1);
  if (found === -1 || end === -1) return [];
  const numbers: number[] = [];
  for (let start = found + label.length; start < end;) {
    const tab = text.indexOf('\t', start);
    const stop = tab === -1 || tab > end ? end : tab;
    const number = scanNumber(text, start, stop);
    if (number !== undefined) numbers.push(number);
    start = stop + 1;
  }
  return numbers;
}
