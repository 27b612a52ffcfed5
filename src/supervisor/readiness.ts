import { runCommand } from './run-command.ts';

const LIMIT_MILLIS = 5_000;

/**
 * Tells the service manager that the tree answers, where one waits for that (NOTIFY_SOCKET is set).
 * The message is sent in the name of process `pid`. Returns a problem to log, or undefined.
 */
export async function notifyReady(pid: number, environment = process.env): Promise<string | undefined> {
  if (!environment['NOTIFY_SOCKET']) return undefined;
  const result = await runCommand('systemd-notify', ['--ready', `--pid=${pid}`], LIMIT_MILLIS);
  switch (result.kind) {
    case 'exited':
      return result.status === 0
        ? undefined
        : `systemd-notify: ${result.stderr || `status ${result.status}`}`;
    case 'timed-out':
      return `systemd-notify did not end within ${LIMIT_MILLIS / 1000} s`;
    case 'not-run':
      return `systemd-notify cannot be run: ${result.errno}`;
  }
}
