import { spawn } from 'node:child_process';

/**
 * Whether the lxcfs at `directory` gives its first byte within `limitMillis`; if not, why not. A child reads it, and one
 * that starts at once, since a container waits for its hooks.
 */
export function quickProbe(directory: string, limitMillis: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn('head', ['-c', '1', `${directory}/proc/uptime`], {
      cwd: '/',
      env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
    const finish = (reason: string | undefined): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      child.stderr.destroy();
      child.unref();
      resolve(reason);
    };
    const timer = setTimeout(
      () => finish(`the lxcfs at ${directory} does not answer within ${limitMillis} ms`),
      limitMillis,
    );
    child.on('error', (error) => finish(`the lxcfs at ${directory} cannot be tried: ${error.message}`));
    child.on('close', (code) =>
      finish(code === 0 ? undefined : `the lxcfs at ${directory} cannot be read: ${complaint.trim()}`),
    );
  });
}
