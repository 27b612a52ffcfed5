import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { detectCgroupLayout } from '../../../src/cgroup/layout.ts';
import { atEnd, type Scope } from '../harness/cleanup.ts';
import { type Daemon, daemonPlace, startDaemon } from '../harness/daemon.ts';
import { removeEmptyCgroupsAtEnd } from '../harness/empty-cgroups.ts';
import { makeRoot } from '../harness/oci-bundle.ts';
import { inOwnWorld } from '../harness/own-world.ts';
import { meminfoField } from '../harness/proc-text.ts';
import { killAndWait } from '../harness/processes.ts';
import { repositoryPath } from '../harness/repository.ts';
import { unable } from '../harness/requirements.ts';
import { output } from '../harness/run.ts';
import { temporaryDirectory } from '../harness/temporary-directory.ts';
import { hookProgram, killForGood, LIST_LXCFS, toolkit, toolkitReports } from '../harness/toolkit.ts';
import { uniqueName } from '../harness/unique-name.ts';

t.setTimeout(180_000);

const HOST_KB = meminfoField(readFileSync('/proc/meminfo', 'latin1'), 'MemTotal');

await inOwnWorld(import.meta.url, () => {
  for (const idMapped of [false, true]) {
    t.test(
      `LXC, ${idMapped ? 'idmapped' : 'privileged'}`,
      { skip: unable('mounts', 'lxc-start') },
      async (t) => {
        const daemon = await startDaemon(t, ['--enable-cfs', '-l']);
        const container = await startLxc(t, ownInclude(t, daemon), idMapped);
        t.match(await container.output('free', '-m'), /^Mem: +256 /m);
        t.equal((await container.output(...LIST_LXCFS)).trim().split('\n').length, 13);
        t.equal(await container.memory(), 262_144);

        killForGood(daemon);
        await t.rejects(container.memory(), /not connected|connection abort/);
        const [report] = await toolkitReports(daemon, 'umount', '--all');
        t.match(report, { id: container.name, engine: 'lxc', status: 'changed' });
        t.equal(await container.memory(), HOST_KB);
        await toolkit(daemon, 'prestart');
        const successor = await startDaemon(t, [], { place: daemon });
        t.match(await toolkitReports(successor, 'remount', '--all'), [{ status: 'changed', placed: 13 }]);
        t.equal(await container.memory(), 262_144);
      },
    );
  }

  t.test("LXC with Debian's own hook", { skip: unable('mounts', 'lxc-start') }, async (t) => {
    const place = daemonPlace(t);
    const daemon = await startDaemon(t, [], { place });
    // It looks at /var/lib/lxcfs alone: this world has that, too.
    await output(['mount', '--bind', place.mountPoint, '/var/lib/lxcfs']);
    const container = await startLxc(t, 'lxc.hook.mount = /usr/share/lxcfs/lxc.mount.hook', false);
    t.equal(await container.memory(), 262_144);
    t.equal(
      await container.output('cat', '/sys/devices/system/cpu/online'),
      readFileSync(daemon.path('sys/devices/system/cpu/online'), 'latin1'),
    );
    t.match(await toolkitReports(daemon, 'remount', '--all'), [{ status: 'unchanged' }]);
    t.match(await toolkitReports(daemon, 'umount', '--all'), [{ status: 'changed' }]);
    t.equal(await container.memory(), HOST_KB);
    await output(['umount', '-l', '/var/lib/lxcfs']);
  });
});

interface LxcContainer {
  readonly name: string;
  output(...command: readonly string[]): Promise<string>;
  /** MemTotal inside, in kB. */
  memory(): Promise<number>;
}

/** The repository's include file, with the hook and the mount of this test. */
function ownInclude(scope: Scope, daemon: Daemon): string {
  const sample = readFileSync(repositoryPath('integrations/lxc/lxcfs.conf'), 'utf8');
  const file = join(dirname(daemonPlace(scope).mountPoint), 'lxcfs.conf');
  writeFileSync(
    file,
    sample.replace('/usr/local/bin/lxcfs-hook', `${hookProgram} --lxcfs=${daemon.mountPoint}`),
  );
  return `lxc.include = ${file}`;
}

async function startLxc(scope: Scope, hook: string, idMapped: boolean): Promise<LxcContainer> {
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
  await lxc('lxc-start', '-l', 'INFO', '-o', join(directory, 'log')).catch((cause: unknown) => {
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
    isV1 ? 'lxc.cgroup.memory.limit_in_bytes = 256M' : 'lxc.cgroup2.memory.max = 256M',
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
