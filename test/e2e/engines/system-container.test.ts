import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { detectCgroupLayout } from '../../../src/cgroup/layout.ts';
import { startBackground } from '../harness/background.ts';
import { makeCgroup } from '../harness/cgroup.ts';
import { makeCgroupDirectory, topOf } from '../harness/cgroup-directory.ts';
import { atEnd, type Scope } from '../harness/cleanup.ts';
import { joining } from '../harness/container.ts';
import { startDaemon, killDaemon } from '../harness/daemon.ts';
import { removeEmptyCgroupsAtEnd } from '../harness/empty-cgroups.ts';
import { HOST_PROGRAMS } from '../harness/host-image.ts';
import { makeRoot } from '../harness/oci-bundle.ts';
import { inOwnWorld } from '../harness/own-world.ts';
import { PODMAN_RUN, startPodman } from '../harness/podman.ts';
import { meminfoField } from '../harness/proc-text.ts';
import { childrenOf, killAndWait } from '../harness/processes.ts';
import { type Requirement, unable } from '../harness/requirements.ts';
import { output, run } from '../harness/run.ts';
import { temporaryDirectory } from '../harness/temporary-directory.ts';
import { toolkit, toolkitReports } from '../harness/toolkit.ts';
import { until } from '../harness/wait.ts';

const LIMITED_KB = 262_144;
const HOST_KB = meminfoField(readFileSync('/proc/meminfo', 'latin1'), 'MemTotal');

/** Each boots this machine's systemd in a container limited to 256 MiB, and returns the pid of its init. */
const SYSTEMS: readonly (readonly [name: string, Requirement, boot: (scope: Scope) => Promise<number>])[] = [
  ['nspawn', 'systemd-nspawn', bootByNspawn],
  ['podman --systemd', 'podman', bootByPodman],
];

await inOwnWorld(import.meta.url, () => {
  for (const [name, requirement, boot] of SYSTEMS) {
    t.test(`systemd in a container of ${name}`, { skip: unable('mounts', requirement) }, async (t) => {
      const daemon = await startDaemon(t, ['--enable-cfs']);
      const pid = await boot(t);
      const enter = ['nsenter', '-t', String(pid), '--all'] as const;
      const inside = (...command: readonly string[]): Promise<string> =>
        output([...enter, ...command], { limitMillis: 20_000 });
      await until(
        'a running system',
        async () =>
          (await run([...enter, 'systemctl', 'is-active', 'basic.target'])).status === 0 || undefined,
        60_000,
      );
      const memoryOf = async (...command: readonly string[]): Promise<number> =>
        meminfoField(await inside(...command, 'cat', '/proc/meminfo'), 'MemTotal');
      // A service with a mount namespace of its own, started before the remount.
      const restrictions = ['--property=PrivateMounts=yes', '--property=ProtectKernelTunables=yes'];
      await inside('systemd-run', '--unit=apart', ...restrictions, 'sleep', '3600');
      const mainPid = await inside('systemctl', 'show', '--property=MainPID', '--value', 'apart');
      const apart = ['nsenter', '-t', mainPid.trim(), '--mount', '--pid'];
      t.equal(await memoryOf(...apart), HOST_KB);

      t.match(await toolkitReports(daemon, 'remount', '--all'), [{ status: 'changed' }]);
      t.equal(await memoryOf(), LIMITED_KB);
      t.equal(await memoryOf(...apart), LIMITED_KB, 'a service with a mount namespace of its own');
      const service = ['systemd-run', '--wait', '--pipe', '--quiet'];
      t.equal(await memoryOf(...service), LIMITED_KB, 'a service that starts later');
      t.equal(
        await memoryOf(...service, '--property=PrivateTmp=yes'),
        LIMITED_KB,
        'one with a mount namespace',
      );
      t.match(await toolkitReports(daemon, 'remount', '--all'), [{ status: 'unchanged' }]);

      killDaemon(daemon);
      for (const place of [[], apart]) await t.rejects(memoryOf(...place), /not connected|connection abort/);
      t.match(await toolkitReports(daemon, 'umount', '--all'), [{ status: 'changed' }]);
      for (const place of [[], apart, service]) t.equal(await memoryOf(...place), HOST_KB);
      await toolkit(daemon, 'prestart');
      const successor = await startDaemon(t, [], { place: daemon });
      t.match(await toolkitReports(successor, 'remount', '--all'), [{ status: 'changed' }]);
      for (const place of [[], apart, service]) t.equal(await memoryOf(...place), LIMITED_KB);
    });
  }
});

async function bootByPodman(scope: Scope): Promise<number> {
  const podman = await startPodman(scope);
  const options = ['--systemd=always', ...PODMAN_RUN, HOST_PROGRAMS, '-m', '256m', '--memory-swap', '256m'];
  const init = ['/usr/lib/systemd/systemd', 'systemd.unit=basic.target'];
  const id = (await podman.output('run', '-d', ...options, 'host', ...init)).trim();
  const pid = Number(await podman.output('inspect', '--format={{.State.Pid}}', id));
  atEnd(scope, () => killAndWait([pid]));
  return pid;
}

/** Its root is this machine's own, copy on write. */
async function bootByNspawn(scope: Scope): Promise<number> {
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
