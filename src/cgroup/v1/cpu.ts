import { CPU_NUMBER_END } from '../../procfs/cpu-list.ts';
import { keyedNumbersParser } from '../../procfs/keyed-numbers.ts';
import { scanNumber } from '../../procfs/scan-number.ts';
import { type CpuQuota, type CpuTime, type CpuUsage, type CpuUsageReading, quotaRatio } from '../cpu.ts';
import { Controller } from '../controller.ts';
import type { Group } from '../group.ts';
import { readBytes, readValue } from '../read-value.ts';

/** CFS bandwidth of cgroup v1 (Documentation/scheduler/sched-bwc.rst). */
export function openCpuQuota(own: Group): CpuQuota {
  return new CfsBandwidth(own);
}

class CfsBandwidth extends Controller implements CpuQuota {
  quotaCpus(): number {
    let cpus = Infinity;
    for (let level: Group | undefined = this.group; level !== undefined; level = level.above) {
      // `-1` is no number here: no quota, and no need for the period
      const quotaMicros = numberIn(level, 'cpu.cfs_quota_us');
      if (quotaMicros === undefined) continue;
      cpus = Math.min(cpus, quotaRatio(quotaMicros, numberIn(level, 'cpu.cfs_period_us')));
    }
    return cpus;
  }
}

/** CPU accounting of cgroup v1 (Documentation/admin-guide/cgroup-v1/cpuacct.rst). */
export function openCpuUsage(group: Group): CpuUsage {
  return new Cpuacct(group);
}

class Cpuacct extends Controller implements CpuUsage {
  read(): CpuUsageReading | undefined {
    const text = readValue(this.group.file('cpuacct.usage_all'));
    const reading = text === undefined ? undefined : parseUsageAll(text);
    return reading ?? parseStat(readBytes(this.group.file('cpuacct.stat'))); // kernels before 4.10 have no usage_all
  }
}

function numberIn(group: Group, name: string): number | undefined {
  const text = readValue(group.file(name));
  return text === undefined ? undefined : scanNumber(text, 0, text.indexOf('\n'));
}

/** A tick of USER_HZ is 10 ms: nanoseconds without their last seven digits. Exact however large the number is. */
const NANOS_DIGITS = 7;

/**
 * Parses cpuacct.usage_all, a line per possible CPU with its time in nanoseconds; user includes nice.
 * The total is that of the lines. Undefined where there are none.
 *
 * `1 29355787418 18582980281` after the header `cpu user system`
 */
export function parseUsageAll(text: string): CpuUsageReading | undefined {
  const perCpu: CpuTime[] = [];
  let totalUserTicks = 0;
  let totalSystemTicks = 0;
  let start = text.indexOf('\n') + 1;
  for (let end = text.indexOf('\n', start); end !== -1; end = text.indexOf('\n', start)) {
    const userStart = text.indexOf(' ', start) + 1;
    const systemStart = text.indexOf(' ', userStart) + 1;
    const cpu = scanNumber(text, start, userStart - 1);
    const userTicks = scanTicks(text, userStart, systemStart - 1);
    const systemTicks = scanTicks(text, systemStart, end);
    if (cpu === undefined || userTicks === undefined || systemTicks === undefined) return undefined;
    if (cpu < perCpu.length || cpu >= CPU_NUMBER_END) return undefined;
    while (perCpu.length < cpu) perCpu.push(UNUSED); // numbers of CPUs that this machine cannot have
    perCpu.push({ userTicks, niceTicks: 0, systemTicks });
    totalUserTicks += userTicks;
    totalSystemTicks += systemTicks;
    start = end + 1;
  }
  if (perCpu.length === 0) return undefined;
  return { total: { userTicks: totalUserTicks, niceTicks: 0, systemTicks: totalSystemTicks }, perCpu };
}

const UNUSED: CpuTime = { userTicks: 0, niceTicks: 0, systemTicks: 0 };

function scanTicks(text: string, start: number, end: number): number | undefined {
  if (end - start > NANOS_DIGITS) return scanNumber(text, start, end - NANOS_DIGITS);
  return scanNumber(text, start, end) === undefined ? undefined : 0;
}

const statNumbers = keyedNumbersParser({ user: 'user', system: 'system' });

/** Parses cpuacct.stat, in ticks: `user 5456`, `system 3197`. */
function parseStat(text: Buffer | undefined): CpuUsageReading | undefined {
  if (text === undefined) return undefined;
  const { user, system } = statNumbers(text);
  if (user === undefined || system === undefined) return undefined;
  return { total: { userTicks: user, niceTicks: 0, systemTicks: system }, perCpu: undefined };
}
