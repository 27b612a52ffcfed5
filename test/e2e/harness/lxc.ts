import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { detectCgroupLayout } from '../../../src/cgroup/layout.ts';
import { atEnd, type Scope } from './cleanup.ts';
import { topOf } from './cgroup-directory.ts';
import { joining } from './container.ts';
import { removeEmptyCgroupsAtEnd } from './empty-cgroups.ts';
import { makeRoot } from './oci-bundle.ts';
import { meminfoField } from './proc-text.ts';
import { killAndWait } from './processes.ts';
import { output } from './run.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { uniqueName } from './unique-name.ts';

/** A container of LXC with 256 MiB, whose root is this machine's own, copy on write. */
export interface LxcContainer {
  readonly name: string;
  output(...command: readonly string[]): Promise<string>;
  /** MemTotal inside, in kB. */
  memory(): Promise<number>;
}

/** Starts a container with these lines in its configuration besides the usual ones; it ends with the test. */
export async function startLxc(scope: Scope, hook: string, idMapped: boolean): Promise<LxcContainer> {
  const directory = temporaryDirectory(scope);
  const name = uniqueName();
  for (const path of ['/lxc.pivot', `/lxc.payload.${name}`, `/lxc.monitor.${name}`])
    removeEmptyCgroupsAtEnd(scope, path);
  await makeRoot(directory);
  mkdirSync(join(directory, name));
  writeFileSync(join(directory, name, 'config'), config(directory, hook, idMapped));
  if (idMapped) await allowIds(directory);
  const lxc = (program: string, ...args: readonly string[]): Promise<string> =>
    output([program, '-P', directory, '-n', name, ...args], { limitMillis: 20_000 });
  // On v2 LXC makes its groups below the caller's, which must be one that may hold processes and groups: the root.
  const { v1, v2 } = detectCgroupLayout('');
  const procsFiles = v1.has('memory') ? [] : [`${topOf(v2)}/cgroup.procs`];
  const start = joining(
    { procsFiles },
    'lxc-start',
    '-P',
    directory,
    '-n',
    name,
    '-l',
    'INFO',
    '-o',
    join(directory, 'log'),
  );
  await output(start, { limitMillis: 20_000 }).catch((cause: unknown) => {
    const errors = readFileSync(join(directory, 'log'), 'utf8')
      .split('\n')
      .filter((line) => !line.includes(' INFO '));
    throw new Error(errors.join('\n'), { cause });
  });
  const pid = Number(await lxc('lxc-info', '-p', '-H'));
  atEnd(scope, () => killAndWait([pid]));
  const inside = (...command: readonly string[]): Promise<string> =>
    lxc('lxc-attach', '--clear-env', '--', ...command);
  return {
    name,
    output: inside,
    memory: async () => meminfoField(await inside('cat', '/proc/meminfo'), 'MemTotal'),
  };
}

function config(directory: string, hook: string, idMapped: boolean): string {
  const isV1 = detectCgroupLayout('').v1.has('memory');
  return [
    'lxc.include = /usr/share/lxc/config/common.conf',
    ...(idMapped
      ? [
          'lxc.include = /usr/share/lxc/config/userns.conf',
          'lxc.idmap = u 0 100000 65536',
          'lxc.idmap = g 0 100000 65536',
        ]
      : []),
    'lxc.apparmor.profile = unconfined',
    'lxc.net.0.type = empty',
    'lxc.uts.name = container',
    `lxc.rootfs.path = dir:${join(directory, 'rootfs')}`,
    'lxc.init.cmd = /bin/sleep 3600',
    ...(isV1
      ? ['lxc.cgroup.memory.limit_in_bytes = 256M']
      : ['lxc.cgroup2.memory.max = 256M', 'lxc.cgroup.relative = 1']),
    hook,
    '',
  ].join('\n');
}

/** newuidmap maps only what /etc/subuid allows; this world has its own. */
async function allowIds(directory: string): Promise<void> {
  const file = join(directory, 'subids');
  writeFileSync(file, 'root:100000:65536\n');
  for (const path of ['/etc/subuid', '/etc/subgid']) await output(['mount', '--bind', file, path]);
}
