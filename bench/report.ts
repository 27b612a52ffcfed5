import type { Result } from './compare.ts';
import type { Stall } from './stall.ts';
import { table } from './table.ts';

/** Everything that one run of the benchmark found. */
export interface Findings {
  /** Node, kernel and CPU, as a reader of the numbers wants to know them. */
  readonly machine: Readonly<Record<string, string | number>>;
  readonly results: readonly Result[];
  /** Memory of all processes of each peer in MiB, before and after. */
  readonly memory: readonly { readonly peer: string; readonly atStart: number; readonly atEnd: number }[];
  readonly stalls: readonly Stall[];
}

/** The findings as text: one line for each file, setting and peer, with the ratio of ours to theirs. */
export function report({ machine, results, memory, stalls }: Findings): string {
  const ours = results.filter(({ peer }) => peer === 'ours');
  const rows = results.map((result) =>
    row(
      result,
      ours.find((own) => isSameCase(own, result)),
    ),
  );
  return [
    Object.entries(machine)
      .map(([name, value]) => `${name} ${value}`)
      .join(', '),
    '',
    table([HEAD, ...rows]),
    '',
    'Ratios are ours / theirs. Times in microseconds per operation, medians of all rounds.',
    ...memory.map(
      ({ peer, atStart, atEnd }) =>
        `memory of ${peer}: ${atStart.toFixed(1)} MiB, at the end ${atEnd.toFixed(1)}`,
    ),
    ...stalls.map(
      ({ event, longestMillis, failed }) =>
        `longest read, ${event}: ${longestMillis.toFixed(1)} ms, ${failed} failed`,
    ),
  ].join('\n');
}

const HEAD = [
  'setting',
  'file',
  'peer',
  'p50',
  'ratio',
  'p99',
  'ratio',
  'ops/s',
  'ratio',
  'daemon CPU',
  'ratio',
  'failed',
];

function row(result: Result, ours: Result | undefined): string[] {
  const ratio = (pick: (one: Result) => number): string =>
    ours === undefined || ours === result ? '' : (pick(ours) / pick(result)).toFixed(2);
  return [
    result.setting,
    result.file,
    result.peer,
    result.p50.toFixed(1),
    ratio(({ p50 }) => p50),
    result.p99.toFixed(1),
    ratio(({ p99 }) => p99),
    result.operationsPerSecond.toFixed(0),
    ratio(({ operationsPerSecond }) => operationsPerSecond),
    result.daemonCpu.toFixed(1),
    ratio(({ daemonCpu }) => daemonCpu),
    String(result.failed),
  ];
}

function isSameCase(a: Result, b: Result): boolean {
  return a.setting === b.setting && a.file === b.file;
}
