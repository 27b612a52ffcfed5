import { keyedNumbersParser } from '../../procfs/keyed-numbers.ts';
import { scanNumber } from '../../procfs/scan-number.ts';
import { type CpuQuota, type CpuUsage, type CpuUsageReading, quotaRatio } from '../cpu.ts';
import { Controller } from '../controller.ts';
import type { Group } from '../group.ts';
import { readBytes, readValue } from '../read-value.ts';

/** CFS bandwidth of cgroup v2 (Documentation/admin-guide/cgroup-v2.rst, cpu.max). */
export function openCpuQuota(own: Group): CpuQuota {
  return new CpuMax(own);
}

class CpuMax extends Controller implements CpuQuota {
  quotaCpus(): number {
    let cpus = Infinity;
    for (let level: Group | undefined = this.group; level !== undefined; level = level.above) {
      cpus = Math.min(cpus, parseCpuMax(readValue(level.file('cpu.max'))));
    }
    return cpus;
  }
}

/** CPU accounting of cgroup v2, which every group has, with or without the controller. */
export function openCpuUsage(group: Group): CpuUsage {
  return new CpuStat(group);
}

class CpuStat extends Controller implements CpuUsage {
  read(): CpuUsageReading | undefined {
    return parseCpuStat(readBytes(this.group.file('cpu.stat')));
  }
}

/**
 * Parses cpu.max into a number of CPUs; Infinity where it sets no limit, is missing or broken.
 *
 * `150000 100000`, `max 100000`
 */
export function parseCpuMax(text: string | undefined): number {
  if (text === undefined || text.startsWith('max')) return Infinity;
  const space = text.indexOf(' ');
  return quotaRatio(scanNumber(text, 0, space), scanNumber(text, space + 1, text.indexOf('\n')));
}

const statNumbers = keyedNumbersParser({ user_usec: 'user', system_usec: 'system', nice_usec: 'nice' });

/** A tick of USER_HZ is 10 ms. The kernel's numbers stay exact for 285 years of CPU time. */
const TICK_MICROS = 10_000;

/**
 * Parses cpu.stat: `user_usec 29355787`, which includes `nice_usec 0` (Linux 6.13). The kernel samples nice by ticks but scales
 * user to the exact runtime, so nice may come out above user.
 */
export function parseCpuStat(text: Buffer | undefined): CpuUsageReading | undefined {
  if (text === undefined) return undefined;
  const { user, system, nice = 0 } = statNumbers(text);
  if (user === undefined || system === undefined) return undefined;
  const allUserTicks = Math.floor(user / TICK_MICROS);
  const niceTicks = Math.min(Math.floor(nice / TICK_MICROS), allUserTicks);
  return {
    total: { userTicks: allUserTicks - niceTicks, niceTicks, systemTicks: Math.floor(system / TICK_MICROS) },
    perCpu: undefined,
  };
}
