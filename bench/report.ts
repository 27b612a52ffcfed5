import type { Result } from './compare.ts';
import type { Figure } from './figure.ts';
import { OURS } from './peer.ts';
import { summary } from './summary.ts';
import { table } from './table.ts';
import type { Verdict } from './targets.ts';

/** Everything that one run of the benchmark found. */
export interface Findings {
  /** Node, kernel and CPU, as a reader of the numbers wants to know them, and how long it was measured. */
  readonly machine: Readonly<Record<string, string | number>>;
  readonly results: readonly Result[];
  readonly figures: readonly Figure[];
  readonly verdicts: readonly Verdict[];
}

/**
 * The findings as text: a line for each subject, setting and peer, with the ratio of ours to theirs; then, to be kept,
 * the machine, a line for each subject, the figures and the targets.
 */
export function report({ machine, results, figures, verdicts }: Findings): string {
  const ours = new Map(
    results.filter(({ peer }) => peer === OURS).map((result) => [caseOf(result), result] as const),
  );
  const parts: string[] = [];
  if (results.length > 0) {
    parts.push(
      table([HEAD, ...results.map((result) => row(result, ours.get(caseOf(result))))]),
      'Ratios are ours / theirs. Times in microseconds per operation, medians of all rounds.',
    );
  }
  parts.push(
    Object.entries(machine)
      .map(([name, value]) => `${name} ${value}`)
      .join(', '),
  );
  if (results.length > 0) parts.push(summary(results));
  if (figures.length > 0) parts.push(table([FIGURE_HEAD, ...figures.map(figureRow)]));
  if (verdicts.length > 0) parts.push(table([VERDICT_HEAD, ...verdicts.map(verdictRow)], 4));
  return parts.join('\n\n');
}

const HEAD = [
  'setting',
  'file or program',
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
    result.subject,
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

function caseOf({ setting, subject }: Result): string {
  return `${setting} ${subject}`;
}

const FIGURE_HEAD = ['', 'peer', 'unit', 'value'];

function figureRow({ name, peer, unit, value }: Figure): string[] {
  return [name, peer, unit, Number.isInteger(value) ? String(value) : value.toFixed(2)];
}

const VERDICT_HEAD = ['target', 'limit', '', 'measured'];

function verdictRow({ target, limit, measured, met }: Verdict): string[] {
  return [target, limit, met ? 'met' : 'NOT MET', measured];
}
