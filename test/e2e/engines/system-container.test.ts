import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { detectCgroupLayout } from '../../../src/cgroup/layout.ts';
import { startBackground } from '../harness/background.ts';
import { makeCgroup } from '../harness/cgroup.ts';
import { makeCgroupDirectory, topOf } from '../harness/cgroup-directory.ts';
import { atEnd, type Scope } from '../harness/cleanup.ts';
import { joining } from '../harness/container.ts';
import { startDaemon } from '../harness/daemon.ts';
import { removeEmptyCgroupsAtEnd } from '../harness/empty-cgroups.ts';
import { makeRoot } from '../harness/oci-bundle.ts';
import { inOwnWorld } from '../harness/own-world.ts';
import { meminfoField } from '../harness/proc-text.ts';
import { childrenOf, killAndWait } from '../harness/processes.ts';
import { unable } from '../harness/requirements.ts';
import { output, run } from '../harness/run.ts';
import { temporaryDirectory } from '../harness/temporary-directory.ts';
import { toolkitReports } from '../harness/toolkit.ts';
import { until } from '../harness/wait.ts';

const HOST_KB = meminfoField(readFileSync('/proc/meminfo', 'latin1'), 'MemTotal');

await inOwnWorld(import.meta.url, () => {
  t.test('systemd in a container of nspawn', { skip: unable('mounts', 'systemd-nspawn') }, async (t) => {
    const daemon = await startDaemon(t, ['--enable-cfs']);
    const pid = await bootSystem(t);
    const inside = (...command: readonly string[]): Promise<string> =>
      output(['nsenter', '-t', String(pid), '--all', ...command], { limitMillis: 20_000 });
    await until(
      'a running system',
      async () =>
        (await run(['nsenter', '-t', String(pid), '--all', 'systemctl', 'is-active', 'basic.target']))
          .status === 0 || undefined,
      60_000,
    );
    const memoryOf = async (...command: readonly string[]): Promise<number> =>
      meminfoField(await inside(...command, 'cat', '/proc/meminfo'), 'MemTotal');
    // A service of the system, and one with a mount namespace of its own, both started before the remount.
    await inside('systemd-run', '--unit=before', 'sleep', '3600');
    await inside(
      'systemd-run',
      '--unit=apart',
      '--property=PrivateMounts=yes',
      '--property=ProtectKernelTunables=yes',
      'sleep',
      '3600',
    );
    const mainPid = async (unit: string): Promise<string> =>
      (await inside('systemctl', 'show', '--property=MainPID', '--value', unit)).trim();
    const apart = ['nsenter', '-t', await mainPid('apart'), '--mount', '--pid'];
    t.equal(await memoryOf(...apart), HOST_KB);

    t.match(await toolkitReports(daemon, 'remount', '--all'), [{ status: 'changed' }]);
    t.equal(await memoryOf(), 262_144);
    t.equal(await memoryOf(...apart), 262_144, 'a service with a mount namespace of its own');
    const service = ['systemd-run', '--wait', '--pipe', '--quiet'];
    t.equal(await memoryOf(...service), 262_144, 'a service that starts later');
    t.equal(await memoryOf(...service, '--property=PrivateTmp=yes'), 262_144, 'one with a mount namespace');
    t.match(await toolkitReports(daemon, 'remount', '--all'), [{ status: 'unchanged' }]);
    t.match(await toolkitReports(daemon, 'umount', '--all'), [{ status: 'changed' }]);
    t.equal(await memoryOf(), HOST_KB);
    t.equal(await memoryOf(...apart), HOST_KB);
  });
});

/** Boots this machine's systemd, copy on write, in a group limited to 256 MiB; returns the pid of its init. */
async function bootSystem(scope: Scope): Promise<number> {
  const directory = temporaryDirectory(scope);
  await makeRoot(directory);
  const root = join(directory, 'rootfs');
  for (const file of ['etc/fstab', 'etc/machine-id']) writeFileSync(join(root, file), '');
  mkdirSync(join(root, 'etc/systemd/system'), { recursive: true });
  const group = makeCgroup(scope, { memoryBytes: 256 * 1024 * 1024 });
  // systemd works in the hierarchy of its own on v1, of which the limits are no part.
  const systemd = detectCgroupLayout('').v1.get('name=systemd');
  const own = systemd === undefined ? undefined : topOf(systemd) + group.path;
  if (own !== undefined) makeCgroupDirectory(scope, own);
  const cgroup =
    own === undefined ? group : { ...group, procsFiles: [...group.procsFiles, `${own}/cgroup.procs`] };
  const options = ['--register=no', '--keep-unit', '--machine=system', '--boot'];
  const nspawn = startBackground(
    scope,
    joining(cgroup, 'systemd-nspawn', '--directory', root, ...options, 'systemd.unit=basic.target'),
  );
  for (const name of ['payload', 'supervisor']) removeEmptyCgroupsAtEnd(scope, `${group.path}/${name}`);
  const pid = await until('the init of nspawn', () => {
    nspawn.assertRunning();
    return childrenOf(nspawn.pid).find(({ name }) => name === 'systemd')?.pid;
  });
  atEnd(scope, () => killAndWait([pid]));
  return pid;
}
