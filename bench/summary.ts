import type { Result } from './compare.ts';
import { FLOOR, OURS } from './peer.ts';
import { table } from './table.ts';

/** A line for each file or program: what ours takes, and how that compares with the first other implementation and the floor. */
export function summary(results: readonly Result[]): string {
  const other = results.find(({ peer }) => peer !== OURS && peer !== FLOOR)?.peer ?? '';
  const subjects = [...new Set(results.map(({ subject }) => subject))];
  const columns = COLUMNS.filter(({ setting }) => results.some((result) => result.setting === setting));
  const rows = subjects.map((subject) => {
    const ofSubject = results.filter((result) => result.subject === subject);
    return [subject].concat(columns.flatMap((column) => cells(column, ofSubject, other)));
  });
  const head = ['', ...columns.flatMap(({ name }) => [name, '/C', '/fl'])];
  return `${table([head, ...rows], 1)}\n\n${LEGEND} /C: by ${other || 'nothing'}'s; /fl: by the floor's.`;
}

const LEGEND =
  'Microseconds: p50 with everything on one CPU and the CPU time of the daemon there, p50 and p99 on a free machine, ' +
  'p50 of pread on a kept descriptor, p50 of a whole program; crowd: operations per second.';

function cells({ setting, pick }: Column, results: readonly Result[], other: string): string[] {
  const valueOf = (name: string): number | undefined => {
    const found = results.find((result) => result.setting === setting && result.peer === name);
    return found && pick(found);
  };
  const value = valueOf(OURS);
  return [value?.toFixed(0) ?? '', ratio(value, valueOf(other)), ratio(value, valueOf(FLOOR))];
}

interface Column {
  readonly name: string;
  readonly setting: string;
  readonly pick: (result: Result) => number;
}

const COLUMNS: readonly Column[] = [
  { name: 'one-cpu', setting: 'one-cpu', pick: ({ p50 }) => p50 },
  { name: 'CPU', setting: 'one-cpu', pick: ({ daemonCpu }) => daemonCpu },
  { name: 'free', setting: 'free', pick: ({ p50 }) => p50 },
  { name: 'p99', setting: 'free', pick: ({ p99 }) => p99 },
  { name: 'crowd', setting: 'crowd', pick: (result) => result.operationsPerSecond },
  { name: 'pread', setting: 'pread', pick: ({ p50 }) => p50 },
  { name: 'run', setting: 'programs', pick: ({ p50 }) => p50 },
];

function ratio(value: number | undefined, by: number | undefined): string {
  return value === undefined || by === undefined ? '' : (value / by).toFixed(2);
}
