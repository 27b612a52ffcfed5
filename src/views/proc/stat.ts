import { scanNumber } from '../../procfs/scan-number.ts';
import { parseStat } from '../../procfs/stat.ts';
import { type CpuTimes, gatherCpuTimes } from '../cpu-times.ts';
import { type TaskCounts, gatherTaskCounts } from '../task-counts.ts';
import type { View, ViewContext } from '../view.ts';

/** /proc/stat: the visible CPUs with the container's time, then the host's lines. */
export const stat: View = (context) => {
  const inputs = gatherStat(context);
  return inputs && renderStat(inputs);
};

export interface StatInputs {
  readonly times: CpuTimes;
  /** The host's lines behind those of the CPUs. */
  readonly hostLines: string;
  readonly tasks: TaskCounts;
}

/** Reads what stat is made of; undefined where the CPUs' times or the host's file are unknown. */
export function gatherStat(context: ViewContext): StatInputs | undefined {
  const times = gatherCpuTimes(context);
  const text = context.host.file('/proc/stat').read();
  if (times === undefined || text === undefined) return undefined;
  return { times, hostLines: parseStat(text).rest, tasks: gatherTaskCounts(context) };
}

/** The text: the exact sum of the CPUs, the CPUs, the host's lines with the container's number of running and blocked tasks. */
export function renderStat({ times, hostLines, tasks }: StatInputs): string {
  const { shownCpus, columns } = times;
  const sum = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  let lines = '';
  columns.forEach((cpu, index) => {
    for (let column = 0; column < sum.length; column++) sum[column] = (sum[column] ?? 0) + (cpu[column] ?? 0);
    lines += `cpu${shownCpus[index]} ${cpu.join(' ')}\n`;
  });
  return `cpu  ${sum.join(' ')}\n${lines}${withTasks(hostLines, tasks)}`;
}

/**
 * `procs_running 3` and `procs_blocked 0`: the container's own, else the host's as far as the container has so many tasks, none of
 * which does both.
 */
function withTasks(hostLines: string, { running, blocked, most = Infinity }: TaskCounts): string {
  const runningNow = Math.min(running ?? countAfter(hostLines, RUNNING), most);
  const blockedNow = Math.min(blocked ?? countAfter(hostLines, BLOCKED), most - runningNow);
  return withCount(withCount(hostLines, RUNNING, runningNow), BLOCKED, blockedNow);
}

const RUNNING = '\nprocs_running ';
const BLOCKED = '\nprocs_blocked ';

function countAfter(lines: string, label: string): number {
  const start = lines.lastIndexOf(label) + label.length;
  return scanNumber(lines, start, lines.indexOf('\n', start)) ?? 0;
}

function withCount(lines: string, label: string, count: number): string {
  const start = lines.lastIndexOf(label) + label.length;
  return start < label.length
    ? lines
    : `${lines.slice(0, start)}${count}${lines.slice(lines.indexOf('\n', start))}`;
}
