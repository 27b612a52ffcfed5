import { scanNumber } from './scan-number.ts';

/** /proc/stat (proc_stat(5)), split where a container's view differs. */
export interface Stat {
  /** Text behind `cpuN ` by host CPU number. */
  readonly cpus: ReadonlyMap<number, string>;
  /** All lines behind those of the CPUs. */
  readonly rest: string;
}

/**
 * Parses /proc/stat; the columns of the CPUs stay text, as few of them are ever looked at.
 *
 * `cpu1 2934 0 1817 85572 253 0 40 5 0 0` after the sum `cpu  5155 0 2967 172915 267 0 55 7 0 0`
 */
export function parseStat(text: string): Stat {
  const cpus = new Map<number, string>();
  let start = 0;
  while (text.startsWith('cpu', start)) {
    const end = text.indexOf('\n', start);
    if (end === -1) break; // cut short
    const space = text.indexOf(' ', start);
    const cpu = scanNumber(text, start + 'cpu'.length, space);
    if (cpu !== undefined) cpus.set(cpu, text.slice(space + 1, end));
    start = end + 1;
  }
  return { cpus, rest: text.slice(start) };
}

/** The numbers of a line such as {@link Stat.cpus} has; a column that is none counts as 0. */
export function parseStatColumns(columns: string): number[] {
  return columns.split(' ').map((column) => scanNumber(column, 0, column.length) ?? 0);
}
