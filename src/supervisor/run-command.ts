import { spawn } from 'node:child_process';

/** How a command ended: its exit status, or why there is none. */
export type CommandResult =
  | { readonly kind: 'exited'; readonly status: number; readonly stderr: string }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'not-run'; readonly errno: string };

/**
 * Runs a command without a shell and with a time limit in milliseconds. One that does not end is killed and, since a process
 * that hangs in a dead file system may not even die, not waited for.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  limitMillis: number,
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: '/',
      env: { ...process.env, LC_ALL: 'C' }, // messages are looked at
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      child.unref();
      child.stderr.destroy();
      resolve({ kind: 'timed-out' });
    }, limitMillis);
    child.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      resolve({ kind: 'not-run', errno: error.code ?? error.message });
    });
    child.on('close', (status) => {
      clearTimeout(timer);
      resolve({ kind: 'exited', status: status ?? -1, stderr: stderr.trim() });
    });
  });
}
