import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { output } from './run.ts';

/**
 * Makes a tar file of the smallest image that can run this machine's own programs: directories to mount on, and links into
 * /usr, which {@link HOST_PROGRAMS} brings in.
 */
export async function makeHostImage(directory: string): Promise<string> {
  const root = join(directory, 'image');
  for (const name of ['usr', 'etc', 'proc', 'sys', 'dev', 'run', 'tmp', 'root', 'var/lib']) {
    mkdirSync(join(root, name), { recursive: true });
  }
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) symlinkSync(`usr/${name}`, join(root, name));
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/:/bin/sh\n');
  const file = join(directory, 'image.tar');
  await output(['tar', '-C', root, '-cf', file, '.']);
  return file;
}

/** The option of `docker run` and `podman run` that shows a container of this image the machine's programs. */
export const HOST_PROGRAMS = '--volume=/usr:/usr:ro';
