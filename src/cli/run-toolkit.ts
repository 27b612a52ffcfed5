import { checkLxcfs } from '../toolkit/check-lxcfs.ts';
import { type ContainerView, viewContainer } from '../toolkit/container-view.ts';
import { containerOfPid } from '../toolkit/container-of-pid.ts';
import { findContainers, type FoundContainer } from '../toolkit/find-containers.ts';
import { findLiveLxcfs, USUAL_DIRECTORIES } from '../toolkit/find-lxcfs.ts';
import { prestart } from '../toolkit/prestart.ts';
import { remountContainers, umountContainers } from '../toolkit/remount.ts';
import { selectContainer } from '../toolkit/select-container.ts';
import type { ToolkitLog } from '../toolkit/toolkit-log.ts';
import type { ContainerReport } from '../toolkit/visit-containers.ts';
import { reportLine } from './report-line.ts';
import type {
  ChangeCommand,
  CheckCommand,
  HookCommand,
  ShowCommand,
  Target,
  ToolkitCommand,
  ToolkitInvocation,
} from './toolkit-invocation.ts';
import { viewTable } from './view-table.ts';
import { writeCdi } from './write-cdi.ts';

/** How long a question to lxcfs may take before it counts as hung. */
const LXCFS_LIMIT_MILLIS = 5000;

/** What a command has to say: to people on stdout, to programs with --json; and how it ended. */
export interface Outcome {
  readonly text: string;
  readonly json: unknown;
  readonly status: 0 | 1;
}

/** Runs any command but `hook`. */
export async function runToolkit(
  invocation: ToolkitInvocation,
  command: Exclude<ToolkitCommand, HookCommand>,
  log: ToolkitLog,
): Promise<Outcome> {
  switch (command.name) {
    case 'remount':
    case 'umount':
      return changeContainers(invocation, command, log);
    case 'show':
      return show(command);
    case 'check-lxcfs':
      return check(invocation, command);
    case 'prestart': {
      const report = await prestart(invocation.directory ?? USUAL_DIRECTORIES[0] ?? '', LXCFS_LIMIT_MILLIS);
      const text = report.actions.map((action) => `${action}\n`).join('');
      return { text: text || `${report.directory} is ready\n`, json: report, status: 0 };
    }
    case 'cdi':
      return writeCdi(command, invocation.directory ?? USUAL_DIRECTORIES[0] ?? '');
  }
}

async function changeContainers(
  { directory }: ToolkitInvocation,
  { name, target }: ChangeCommand,
  log: ToolkitLog,
): Promise<Outcome> {
  const containers = containersFor(target);
  const reports =
    name === 'remount'
      ? await remountContainers(containers, await findLiveLxcfs(directory, LXCFS_LIMIT_MILLIS))
      : await umountContainers(containers);
  for (const report of reports) logReport(log, name, report);
  const lines = reports.map((report) => `${reportLine(name, report)}\n`);
  return {
    text: lines.join('') || 'no container is running\n',
    json: reports,
    status: reports.some(({ status }) => status === 'failed') ? 1 : 0,
  };
}

function logReport(log: ToolkitLog, command: string, report: ContainerReport): void {
  const message = `${command} ${report.id}: ${report.message ?? report.status}`;
  if (report.status === 'failed') log.error(message, report);
  else log.info(message, report);
}

async function show({ target }: ShowCommand): Promise<Outcome> {
  const [container] = containersFor(target);
  const view: ContainerView | undefined = container && (await viewContainer(container, LXCFS_LIMIT_MILLIS));
  if (view === undefined) return { text: 'the container has ended\n', json: null, status: 1 };
  return { text: viewTable(view), json: view, status: 0 };
}

async function check({ directory }: ToolkitInvocation, { timeoutMillis }: CheckCommand): Promise<Outcome> {
  const report = await checkLxcfs(directory, timeoutMillis);
  return report.healthy
    ? { text: `the lxcfs at ${report.directory} is healthy\n`, json: report, status: 0 }
    : { text: `${report.state}: ${report.reason}\n`, json: report, status: 1 };
}

function containersFor(target: Target): FoundContainer[] {
  switch (target.kind) {
    case 'all':
      return findContainers();
    case 'id':
      return [selectContainer(findContainers(), target.id)];
    case 'pid':
      return [containerOfPid(target.pid, findContainers())];
  }
}
