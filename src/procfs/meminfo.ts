import { hostFrame } from './host-frame.ts';
import { scanNumber } from './scan-number.ts';

/** A text in the form of /proc/meminfo (proc_meminfo(5)), and where its lines are. */
export interface Meminfo {
  readonly text: string;
  /** What each line begins with, `MemTotal:`; the very same array as long as the kernel writes the same lines. */
  readonly labels: readonly string[];
  /** Where each line starts, and behind the last one where the text ends. */
  readonly starts: readonly number[];
}

/**
 * Makes a parser for /proc/meminfo. It remembers the labels of the text last seen, since those change with the kernel only,
 * and in general has only to look that they are still there. Lines without a label are skipped.
 *
 * `MemTotal:       24684092 kB`, `HugePages_Total:       0`
 */
export function meminfoParser(): (text: string) => Meminfo {
  let known: readonly string[] = [];
  return (text) => {
    const starts = startsOf(text, known);
    if (starts !== undefined) return { text, labels: known, starts };
    const lines = text.split('\n').filter((line) => line.includes(':'));
    known = lines.map((line) => line.slice(0, line.indexOf(':') + 1));
    const whole = lines.map((line) => `${line}\n`).join('');
    return { text: whole, labels: known, starts: startsOf(whole, known) ?? [] };
  };
}

/** The host's meminfo: its layout, and how much memory and swap space the machine has. */
export const hostMeminfo = hostFrame('/proc/meminfo', meminfoParser());

/** The number of the line with this label (`MemTotal:`), kB for most; undefined where there is no such line. */
export function meminfoNumber({ text, labels, starts }: Meminfo, label: string): number | undefined {
  const line = labels.indexOf(label);
  const start = starts[line];
  const next = starts[line + 1];
  if (start === undefined || next === undefined) return undefined;
  let digits = start + label.length;
  while (text.charCodeAt(digits) === SPACE) digits++;
  const space = text.indexOf(' ', digits);
  return scanNumber(text, digits, space === -1 || space >= next ? next - 1 : space);
}

const SPACE = 32;

/** Where the lines start if they have exactly these labels, else undefined. */
function startsOf(text: string, labels: readonly string[]): number[] | undefined {
  const starts = [0];
  let start = 0;
  for (const label of labels) {
    if (!text.startsWith(label, start)) return undefined;
    start = text.indexOf('\n', start) + 1;
    if (start === 0) return undefined;
    starts.push(start);
  }
  return start === text.length ? starts : undefined;
}
