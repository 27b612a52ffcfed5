import { threadId } from 'node:worker_threads';
import type { CpuUsage } from '../cgroup/cpu.ts';
import { containerName } from '../container/container-name.ts';
import type { Container } from '../container/container.ts';
import { parseCpuList } from '../procfs/cpu-list.ts';
import { errnoOf } from '../procfs/kernel-file.ts';
import { parseStat, parseStatColumns } from '../procfs/stat.ts';
import { parseUptimeTicks } from '../procfs/uptime.ts';
import type { CpuColumns } from './cpu-base.ts';
import { cpuViewOf, gatherAllowedCpus, gatherCpuView, gatherQuotaCpus } from './cpu-view.ts';
import { type CpuMoment, type Settled, settleColumns } from './settle-columns.ts';
import { ShownFiles } from './shown-files.ts';
import { ShownInMemory } from './shown-in-memory.ts';
import type { ViewContext } from './view.ts';

/** The time of the visible CPUs as stat shows it; uptime's idle is the sum of theirs. */
export interface CpuTimes {
  /** The CPUs by the numbers shown. */
  readonly shownCpus: readonly number[];
  /** Ten columns in USER_HZ ticks per CPU, in the same order. */
  readonly columns: readonly (readonly number[])[];
  /** Age of the container's init; that of the host for a caller in the daemon's own pid namespace. */
  readonly ageTicks: number;
}

/** Position of idle among the columns. */
export const IDLE_COLUMN = 3;

/** Reads the times of the container's CPUs; undefined where what they follow from cannot be read. */
export function gatherCpuTimes(context: ViewContext): CpuTimes | undefined {
  const { cpuUsage } = context.container.cgroup;
  if (cpuUsage === undefined) return gatherMachineTimes(context);
  const settled = settle(context, cpuUsage, () => gatherMoment(context, cpuUsage));
  if (settled === undefined) return undefined;
  const { columns, moment } = settled;
  return {
    shownCpus: moment.share.shownCpus,
    columns: columns.map(tenColumns),
    ageTicks: moment.sample.ageTicks,
  };
}

/** Counters first, what judges them after: {@link settleColumns} relies on this order. */
function gatherMoment(context: ViewContext, cpuUsage: CpuUsage): CpuMoment | undefined {
  const ageTicks = gatherAgeTicks(context);
  const usage = cpuUsage.read();
  const quotaCpus = gatherQuotaCpus(context);
  const allowed = gatherAllowedCpus(context);
  if (ageTicks === undefined || usage === undefined || allowed === undefined) return undefined;
  const { hostCpus, shownCpus, isCutByQuota } = cpuViewOf(allowed, quotaCpus, context.options.enableCfs);
  return {
    sample: { ageTicks, usage },
    share: {
      hostCpus,
      shownCpus,
      capacityCpus: Math.min(quotaCpus, hostCpus.length),
      isCountedPerCpu: usage.perCpu !== undefined && !isCutByQuota,
    },
  };
}

/** The kernel gives both numbers in ticks. A container on another clock (a captured tree) is never older than nothing. */
function gatherAgeTicks({ container, host }: ViewContext): number | undefined {
  const uptimeTicks = parseUptimeTicks(host.file('/proc/uptime').read() ?? '');
  return uptimeTicks && Math.max(0, uptimeTicks - (container.initStartTicks ?? 0));
}

/** A container's CPUs spend no time that could be told as iowait, irq, softirq, steal or guest. */
function tenColumns({ userTicks, niceTicks, systemTicks, idleTicks }: CpuColumns): number[] {
  return [userTicks, niceTicks, systemTicks, idleTicks, 0, 0, 0, 0, 0, 0];
}

/** The host's own columns of the visible CPUs: in the root group, the machine's time is the container's. */
function gatherMachineTimes(context: ViewContext): CpuTimes | undefined {
  const view = gatherCpuView(context);
  const ageTicks = gatherAgeTicks(context);
  if (view === undefined || ageTicks === undefined) return undefined;
  const { cpus } = parseStat(context.host.file('/proc/stat').read() ?? '');
  const columns = view.hostCpus.map((cpu) => parseStatColumns(cpus.get(cpu) ?? '0 0 0 0 0 0 0 0 0 0'));
  return { shownCpus: view.shownCpus, columns, ageTicks };
}

const filesOf = new WeakMap<Container, ShownFiles>();
/** What is used where files fail: a full disk, a directory that was taken away. */
const memoryOf = new WeakMap<ShownFiles, ShownInMemory>();

function settle(
  context: ViewContext,
  cpuUsage: CpuUsage,
  gather: () => CpuMoment | undefined,
): Settled | undefined {
  const { container } = context;
  let files = filesOf.get(container);
  // Where no init keeps the group from being removed, another one of the same path may be in its place.
  const name =
    files === undefined || container.initPid === undefined
      ? containerName(container, cpuUsage.directory)
      : files.name;
  if (files?.name !== name) {
    files?.close();
    files = openFiles(context, cpuUsage, name);
    filesOf.set(container, files);
  }
  try {
    return settleColumns(files, gather);
  } catch (error) {
    if (errnoOf(error) === '') throw error;
    const memory = memoryOf.get(files) ?? new ShownInMemory();
    memoryOf.set(files, memory);
    return settleColumns(memory, gather);
  }
}

function openFiles({ host, stateDirectory }: ViewContext, { directory }: CpuUsage, name: string): ShownFiles {
  const possible = parseCpuList(host.file('/sys/devices/system/cpu/possible').read() ?? '');
  return new ShownFiles({
    directory: `${stateDirectory}/cpu`,
    name,
    cgroupDirectory: directory,
    cpuEnd: (possible?.at(-1) ?? MOST_CPUS - 1) + 1,
    writer: threadId,
    pool: host.pool,
  });
}

/** Of a machine that does not tell. */
const MOST_CPUS = 1024;
