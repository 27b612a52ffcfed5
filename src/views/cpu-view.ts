import { type CpuNumbers, parseCpuList } from '../procfs/cpu-list.ts';
import type { ViewContext } from './view.ts';

/** The CPUs that a container sees: the one source of cpuinfo, stat, uptime, online and the cpuN directories. */
export interface CpuView {
  /** The visible CPUs, by the host's numbers. */
  readonly hostCpus: CpuNumbers;
  /** The same CPUs by the numbers that stat, online and the cpuN directories show. */
  readonly shownCpus: CpuNumbers;
  /** The quota leaves CPUs of the cpuset invisible: what is used on any of them counts as spread over the visible ones. */
  readonly isCutByQuota: boolean;
}

/** Reads which CPUs the container sees; undefined where not even the host's are known. */
export function gatherCpuView(context: ViewContext): CpuView | undefined {
  const { enableCfs } = context.options;
  const quotaCpus = enableCfs ? gatherQuotaCpus(context) : Infinity;
  const allowed = gatherAllowedCpus(context);
  return allowed && cpuViewOf(allowed, quotaCpus, enableCfs);
}

/** The CPUs of the container's cpuset, else all of the host's; undefined where not even those are known. */
export function gatherAllowedCpus({ container, host }: ViewContext): CpuNumbers | undefined {
  const allowed = container.cgroup.cpuset?.allowedCpus() ?? parseCpuList(host.file(ONLINE).read() ?? '');
  return allowed?.length === 0 ? undefined : allowed;
}

/** The container's quota in CPUs, such as 1.5; Infinity without one. */
export function gatherQuotaCpus({ container }: ViewContext): number {
  return container.cgroup.cpuQuota?.quotaCpus() ?? Infinity;
}

const ONLINE = '/sys/devices/system/cpu/online';

/** Which CPUs are seen of those allowed. With `enableCfs` there are as many as the quota can fill, numbered from 0. */
export function cpuViewOf(allowed: CpuNumbers, quotaCpus: number, enableCfs: boolean): CpuView {
  const limit = enableCfs ? Math.max(1, Math.ceil(quotaCpus)) : Infinity;
  const hostCpus = allowed.length <= limit ? allowed : allowed.slice(0, limit);
  return {
    hostCpus,
    shownCpus: enableCfs ? hostCpus.map((_, index) => index) : hostCpus,
    isCutByQuota: hostCpus.length < allowed.length,
  };
}
