import { spawn } from 'node:child_process';
import type { Health } from './probe.ts';

/**
 * Whether the lxcfs at `directory` gives its first byte within `limitMillis`. A child reads it, and one that starts at
 * once, since a container waits for its hooks.
 */
export function quickProbe(directory: string, limitMillis: number): Promise<Health> {
  return new Promise((resolve) => {
    const child = spawn('head', ['-c', '1', `${directory}/proc/uptime`], {
      cwd: '/',
      env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
    const finish = (health: Health): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      child.stderr.destroy();
      child.unref();
      resolve(health);
    };
    const timer = setTimeout(
      () =>
        finish({
          state: 'hung',
          reason: `the lxcfs at ${directory} does not answer within ${limitMillis} ms`,
        }),
      limitMillis,
    );
    const unreadable = (reason: string): void =>
      finish({ state: 'wrong', reason: `the lxcfs at ${directory} cannot be read: ${reason}` });
    child.on('error', (error) => unreadable(error.message));
    child.on('close', (code) => (code === 0 ? finish({ state: 'live' }) : unreadable(complaint.trim())));
  });
}
