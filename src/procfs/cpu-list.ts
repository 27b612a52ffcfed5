import { scanNumber } from './scan-number.ts';

/** CPU numbers in ascending order, none twice. */
export type CpuNumbers = readonly number[];

/** No kernel has more CPUs (CONFIG_NR_CPUS); a larger number is garbage that would fill the memory. */
export const CPU_NUMBER_END = 65_536;

/**
 * Parses the kernel's list format (Documentation/admin-guide/kernel-parameters.rst, "cpu lists"), as cpuset.cpus and
 * sys/devices/system/cpu/online have it; an empty text is an empty list.
 * Undefined for anything else.
 *
 * `0,2-3`
 */
export function parseCpuList(text: string): CpuNumbers | undefined {
  const cpus: number[] = [];
  const end = text.endsWith('\n') ? text.length - 1 : text.length;
  let start = 0;
  while (start < end) {
    const comma = text.indexOf(',', start);
    const stop = comma === -1 ? end : comma;
    const dash = text.indexOf('-', start);
    const isRange = dash !== -1 && dash < stop;
    const first = scanNumber(text, start, isRange ? dash : stop);
    const last = isRange ? scanNumber(text, dash + 1, stop) : first;
    const previous = cpus.at(-1) ?? -1;
    if (first === undefined || last === undefined || first <= previous || last < first) return undefined;
    const isCutShort = stop === end - 1; // a comma with nothing behind it
    if (isCutShort || last >= CPU_NUMBER_END) return undefined;
    for (let cpu = first; cpu <= last; cpu++) cpus.push(cpu);
    start = stop + 1;
  }
  return cpus;
}

/** The kernel's list format of ascending CPU numbers, without a newline: `0,2-3`, or '' for none. */
export function formatCpuList(cpus: CpuNumbers): string {
  const ranges: string[] = [];
  for (let index = 0; index < cpus.length;) {
    const first = cpus[index];
    let last = first;
    index++;
    while (last !== undefined && cpus[index] === last + 1) last = cpus[index++];
    ranges.push(first === last ? `${first}` : `${first}-${last}`);
  }
  return ranges.join(',');
}
