import { spawn } from 'node:child_process';

/** mount(8) or umount(8) failed; the message holds what it printed. */
export class MountError extends Error {
  override readonly name = 'MountError';
}

const TIME_LIMIT_MILLIS = 10_000;

/**
 * Mounts an open /dev/fuse at a directory with mount(8) of util-linux or busybox, so that no set-uid helper or libfuse is
 * needed. The kernel takes the connection from descriptor 3 of the mount process. Throws {@link MountError}.
 */
export async function mountFuse(fd: number, mountPoint: string): Promise<void> {
  const options = 'fd=3,rootmode=40000,user_id=0,group_id=0,allow_other,nosuid,nodev';
  await run('mount', ['-i', '-t', 'fuse.lxcfs', '-o', options, 'lxcfs', mountPoint], fd);
}

/** Unmounts; with `lazy` also where the mount is in use, or its server is dead. Throws {@link MountError}. */
export async function unmountFuse(mountPoint: string, { lazy }: { readonly lazy: boolean }): Promise<void> {
  await run('umount', lazy ? ['-l', mountPoint] : [mountPoint]);
}

/** Runs a command in / (never on the mount), kills it at the time limit, and fails with what it printed. */
async function run(command: string, args: readonly string[], fd?: number): Promise<void> {
  const child = spawn(command, args, {
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe', ...(fd === undefined ? [] : [fd])],
    env: { ...process.env, LC_ALL: 'C' },
  });
  let printed = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const outcome = await new Promise<string>((resolve) => {
    // A process that hangs in the kernel cannot be killed: it is left behind, not waited for.
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      child.unref();
      resolve(`no answer within ${TIME_LIMIT_MILLIS / 1000} s`);
    }, TIME_LIMIT_MILLIS);
    child.once('error', (error) => {
      clearTimeout(timer);
      resolve(error.message);
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      resolve(code === 0 ? '' : printed.trim() || `ended with ${signal ?? `status ${code}`}`);
    });
  });
  if (outcome !== '') throw new MountError(`${command} ${args.join(' ')}: ${outcome}`);
}
