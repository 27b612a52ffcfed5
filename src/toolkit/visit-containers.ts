import type { AgentPool } from './agent-pool.ts';
import type { FoundContainer, NamespaceMember } from './find-containers.ts';
import type { Job, JobResult } from './job.ts';

/** What was done in one container, over all its mount namespaces. */
export interface ContainerReport {
  readonly id: string;
  readonly engine: string;
  readonly pid: number;
  /** `gone`: it ended meanwhile, which is no error. */
  readonly status: 'changed' | 'unchanged' | 'gone' | 'failed';
  readonly placed: number;
  readonly removed: number;
  readonly message?: string;
}

/** Has a job done in every mount namespace of a container, its init's first. */
export async function visitContainer(
  pool: AgentPool,
  container: FoundContainer,
  jobFor: (member: NamespaceMember) => Job,
): Promise<ContainerReport> {
  const { id, engine, pid } = container;
  const [first, ...others] = container.namespaces;
  const results = [await pool.perform(jobFor(first))];
  results.push(...(await Promise.all(others.map((member) => pool.perform(jobFor(member))))));
  const reports = results.flatMap((result) => (result.kind === 'report' ? [result.report] : []));
  const placed = sum(reports.map((report) => report.placed));
  const removed = sum(reports.map((report) => report.removed));
  const failure = results.map(failureOf).find((message) => message !== undefined);
  const base = { id, engine, pid, placed, removed };
  if (failure !== undefined) return { ...base, status: 'failed', message: failure };
  if (reports.length === 0) return { ...base, status: 'gone' };
  return { ...base, status: placed + removed > 0 ? 'changed' : 'unchanged' };
}

function failureOf(result: JobResult): string | undefined {
  if (result.kind === 'failed') return result.message;
  // A mount left behind is hidden below the one put over it; only where nothing was put does it show.
  if (
    result.kind !== 'report' ||
    result.report.left === 0 ||
    result.report.placed + result.report.present > 0
  ) {
    return undefined;
  }
  return `${result.report.left} lxcfs mounts cannot be taken off: locked by another namespace, or covered`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
