import { parseStat, parseStatColumns } from '../procfs/stat.ts';
import { parseUptimeTicks } from '../procfs/uptime.ts';
import { type CpuColumns, columnsAt, firstBase } from './cpu-base.ts';
import { type CpuView, cpuViewOf, gatherAllowedCpus, gatherQuotaCpus } from './cpu-view.ts';
import type { ViewContext } from './view.ts';

/** The time of the visible CPUs as stat shows it; uptime's idle is the sum of theirs. */
export interface CpuTimes {
  readonly view: CpuView;
  /** Ten columns in USER_HZ ticks per visible CPU, in the order of `view.shownCpus`. */
  readonly cpus: readonly (readonly number[])[];
  /** Age of the container's init; that of the host for a caller in the daemon's own pid namespace. */
  readonly ageTicks: number;
}

/** Position of idle among the columns. */
export const IDLE_COLUMN = 3;

/** Reads the times of the container's CPUs; undefined where neither it nor the host tells any. */
export function gatherCpuTimes(context: ViewContext): CpuTimes | undefined {
  const { container, host } = context;
  const uptimeTicks = parseUptimeTicks(host.file('/proc/uptime').read() ?? '');
  if (uptimeTicks === undefined) return undefined;
  const ageTicks = Math.max(0, uptimeTicks - (container.initStartTicks ?? 0));
  const usage = container.cgroup.cpuUsage?.read();
  const quotaCpus = gatherQuotaCpus(context);
  const allowed = gatherAllowedCpus(context);
  if (allowed === undefined) return undefined;
  const view = cpuViewOf(allowed, quotaCpus, context.options.enableCfs);
  if (usage === undefined) return { view, cpus: hostTimes(context, view), ageTicks };
  const share = { ...view, capacityCpus: Math.min(quotaCpus, view.hostCpus.length) };
  const columns = columnsAt(firstBase(share), { ageTicks, usage });
  return { view, cpus: columns.map(tenColumns), ageTicks };
}

/** A container's CPUs spend no time that could be told as iowait, irq, softirq, steal or guest. */
function tenColumns({ userTicks, niceTicks, systemTicks, idleTicks }: CpuColumns): number[] {
  return [userTicks, niceTicks, systemTicks, idleTicks, 0, 0, 0, 0, 0, 0];
}

/** The machine's own times, where the root group or none counts the container's. */
function hostTimes({ host }: ViewContext, view: CpuView): number[][] {
  const { cpus } = parseStat(host.file('/proc/stat').read() ?? '');
  return view.hostCpus.map((cpu) => parseStatColumns(cpus.get(cpu) ?? '0 0 0 0 0 0 0 0 0 0'));
}
