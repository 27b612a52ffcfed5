import { readFileSync, readlinkSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { dirname } from 'node:path';
import t from 'tap';
import type { NamespaceMember } from '../../src/toolkit/find-containers.ts';
import { openHome } from '../../src/toolkit/home.ts';
import { LXCFS_FILES } from '../../src/toolkit/lxcfs-files.ts';
import { remountNamespace, umountNamespace } from '../../src/toolkit/namespace-jobs.ts';
import { readProcess } from '../../src/toolkit/process-record.ts';
import { startContainer } from './harness/container.ts';
import { daemonPlace, startDaemon } from './harness/daemon.ts';
import { type OciContainer, startOciContainer } from './harness/oci-container.ts';
import { mountsBelow } from './harness/mounts.ts';
import { inOwnWorld } from './harness/own-world.ts';
import { slowness } from './harness/pace.ts';
import { meminfoField } from './harness/proc-text.ts';
import { isAlive } from './harness/processes.ts';
import { unable } from './harness/requirements.ts';
import { output } from './harness/run.ts';
import { killForGood, LIST_LXCFS, toolkit, toolkitReports } from './harness/toolkit.ts';
import { until } from './harness/wait.ts';

const LIMITS = { memoryBytes: 256 * 1024 * 1024, cpus: '0' };
const LIMITED_KB = 262_144;
const HOST_KB = meminfoField(readFileSync('/proc/meminfo', 'latin1'), 'MemTotal');

/** All mounts of this machine's own mount namespace, a line each, and with whom they exchange others. */
const mountTable = (): string[] => readFileSync('/proc/self/mountinfo', 'latin1').split('\n');

/** Mounts that are new or have changed. Others go by themselves, when somebody else removes their mount point. */
function newMounts(before: readonly string[]): string[] {
  return mountTable().filter((line) => !before.includes(line));
}

await inOwnWorld(import.meta.url, () => {
  const skip = unable('mounts', 'runc');

  for (const userNamespace of [false, true]) {
    t.test(
      `in and out of a runc container${userNamespace ? ' in a user namespace' : ''}`,
      { skip },
      async (t) => {
        const daemon = await startDaemon(t);
        const container = await startOciContainer(t, { runtime: 'runc', limits: LIMITS, userNamespace });
        const memory = async (): Promise<number> =>
          meminfoField(await container.output(1000, ['cat', '/proc/meminfo']), 'MemTotal');
        const before = mountTable();
        t.equal(await memory(), HOST_KB);

        const id = `--container-id=${container.name.slice(0, -1)}`;
        const [report] = await toolkitReports(daemon, 'remount', id);
        t.match(report, {
          id: container.name,
          pid: container.pid,
          status: 'changed',
          placed: LXCFS_FILES.length,
        });
        t.same((await container.output(0, LIST_LXCFS)).trim().split('\n').sort(), LXCFS_FILES);
        t.equal(await memory(), LIMITED_KB);
        t.match(await container.output(0, ['free', '-m']), /^Mem: +256 /m);
        t.equal(await container.output(0, ['getconf', '_NPROCESSORS_ONLN']), '1\n');
        for (const user of [0, 1000]) {
          t.match(
            await container.output(user, ['cat', ...filesInside()]),
            /MemTotal/,
            `all of it, as ${user}`,
          );
        }
        t.match(await toolkitReports(daemon, 'remount', '--all'), [{ status: 'unchanged', placed: 0 }]);

        t.match(await toolkitReports(daemon, 'umount', id), [
          { status: 'changed', removed: LXCFS_FILES.length },
        ]);
        t.equal(await container.output(0, LIST_LXCFS), '');
        t.equal(await memory(), HOST_KB);
        t.match(await toolkitReports(daemon, 'umount', '--all'), [{ status: 'unchanged', removed: 0 }]);
        t.same(newMounts(before), [], "nothing of it is in the host's mount table");
      },
    );
  }

  t.test('twenty containers after the death of their lxcfs', { skip: unable('mounts') }, async (t) => {
    const daemon = await startDaemon(t);
    const containers = await Promise.all(
      Array.from({ length: 20 }, () => startContainer(t, LIMITS, { bound: daemon })),
    );
    const memories = (): Promise<(number | string)[]> =>
      Promise.all(
        containers.map(async (container) => {
          const { status, stdout, stderr } = await container.run(['cat', '/proc/meminfo']);
          return status === 0 ? meminfoField(stdout, 'MemTotal') : stderr;
        }),
      );
    const everywhere = (value: number): number[] => containers.map(() => value);
    t.same(await memories(), everywhere(LIMITED_KB));
    killForGood(daemon);
    t.match(
      await memories(),
      containers.map(() => /Transport endpoint is not connected|connection abort/),
    );

    t.equal((await toolkitReports(daemon, 'umount', '--all')).length, 20);
    t.same(await memories(), everywhere(HOST_KB), 'host values instead of errors');

    const { status } = await toolkit(daemon, 'prestart');
    t.equal(status, 0);
    const successor = await startDaemon(t, [], { place: daemon });
    const startedAt = performance.now();
    const reports = await toolkitReports(successor, 'remount', '--all');
    const seconds = (performance.now() - startedAt) / 1000;
    // two seconds on a machine that has nothing else to do
    const share = Math.max(1, (loadavg()[0] ?? 1) / availableParallelism());
    t.ok(
      seconds < 2 * slowness * share,
      `in ${seconds.toFixed(2)} s, of which others had a part of ${share}`,
    );
    t.match(
      reports,
      containers.map(() => ({ status: 'changed' })),
    );
    t.same(await memories(), everywhere(LIMITED_KB), 'and their own again');
  });

  t.test('over dead files, without umount before', { skip }, async (t) => {
    const daemon = await startDaemon(t);
    const container = await startOciContainer(t, { runtime: 'runc', limits: LIMITS, daemon });
    killForGood(daemon);
    await toolkit(daemon, 'prestart');
    const successor = await startDaemon(t, [], { place: daemon });
    t.match(await toolkitReports(successor, 'remount', '--all'), [{ status: 'changed', removed: 9 }]);
    t.equal(meminfoField(await container.output(0, ['cat', '/proc/meminfo']), 'MemTotal'), LIMITED_KB);
    t.same(
      (await container.output(0, LIST_LXCFS)).trim().split('\n').sort(),
      LXCFS_FILES,
      'no dead one is left',
    );
  });

  t.test('an id that fits several, or none', { skip: unable('mounts') }, async (t) => {
    const daemon = await startDaemon(t);
    const nobody = await toolkit(daemon, 'remount', '--all');
    t.match(nobody, { status: 0, stdout: 'no container is running\n' });
    const containers = [
      await startContainer(t, LIMITS, { bound: daemon }),
      await startContainer(t, LIMITS, { bound: daemon }),
    ];
    const [first = '', second = ''] = containers.map(({ cgroup }) => cgroup.path.slice(1));

    const ambiguous = await toolkit(daemon, 'remount', '--container-id', first.slice(0, 9));
    t.match(ambiguous, { status: 1, stderr: /ambiguous/ });
    t.match(ambiguous.stderr, first);
    t.match(ambiguous.stderr, second);
    const unknown = await toolkit(daemon, 'umount', '--container-id', 'nobody');
    t.match(unknown, { status: 1, stderr: /no running container .*"nobody"; running are/ });
    t.match(unknown.stderr, first);
  });

  t.test('a mount that is shared with the host stays there', { skip }, async (t) => {
    const place = daemonPlace(t);
    const shared = dirname(place.mountPoint);
    t.match(await toolkit(place, 'prestart'), { status: 0, stdout: `made ${shared} a shared mount\n` });
    const daemon = await startDaemon(t, [], { place });
    const container = await startOciContainer(t, {
      runtime: 'runc',
      limits: LIMITS,
      rootfsPropagation: 'shared',
      mounts: [{ destination: '/seen', type: 'none', source: shared, options: ['rbind', 'rshared'] }],
    });
    const before = mountTable();
    const mountsOnHost = mountsBelow(shared);
    t.match(await container.output(0, LIST_LXCFS), '/seen/mount');
    t.match(await toolkitReports(daemon, 'remount', '--all'), [{ status: 'changed' }]);
    t.match(await toolkitReports(daemon, 'umount', '--all'), [{ status: 'changed' }]);
    t.equal(await container.output(0, LIST_LXCFS), '', 'out of the container');
    t.same(newMounts(before), [], 'nothing on the host has changed');
    t.same(mountsBelow(shared), mountsOnHost, 'nothing of it has gone');
    t.equal((await toolkit(daemon, 'check-lxcfs')).status, 0);
  });

  t.test('a container whose /proc is a link to files of its own', { skip }, async (t) => {
    const daemon = await startDaemon(t);
    const container = await startOciContainer(t, { runtime: 'runc', limits: LIMITS });
    await output(['nsenter', '-t', String(container.pid), '--mount', 'sh', '-ec', REPLACE_PROC]);
    const reports = await toolkitReports(daemon, 'remount', '--all');
    t.match(reports, [{ status: 'changed', placed: 1 }], 'the CPUs alone');
    t.equal(
      readFileSync(`${container.directory}/rootfs/decoy/meminfo`, 'latin1'),
      'own\n',
      'what is no file of the kernel is not covered',
    );
    t.match(await toolkitReports(daemon, 'umount', '--all'), [{ status: 'changed', removed: 1 }]);
  });

  t.test('a kernel that cannot carry mounts, and processes that have ended', { skip }, async (t) => {
    const daemon = await startDaemon(t);
    const source = dirname(daemon.mountPoint);
    const mounts = [{ destination: source, type: 'none', source, options: ['rbind', 'rslave'] }];
    const sees = await startOciContainer(t, { runtime: 'runc', limits: LIMITS, mounts });
    const blind = await startOciContainer(t, { runtime: 'runc', limits: LIMITS });
    const home = openHome();
    const device = mountsBelow(daemon.mountPoint)[0]?.device ?? '';
    const lxcfs = { directory: daemon.mountPoint, device };
    t.match(remountNamespace(home, memberOf(sees), lxcfs, false), { placed: LXCFS_FILES.length });
    t.equal(meminfoField(await sees.output(0, ['cat', '/proc/meminfo']), 'MemTotal'), LIMITED_KB);
    t.throws(
      () => remountNamespace(home, memberOf(blind), lxcfs, false),
      /no open_tree and move_mount \(Linux 5\.2\), and the container does not see/,
    );
    t.equal(readlinkSync('/proc/self/ns/mnt'), home.namespace, 'back home');

    const member = memberOf(blind);
    const later = { ...member, startTicks: member.startTicks + 1 };
    t.equal(umountNamespace(home, later), undefined, 'another process has got the number');
    await blind.stop();
    t.equal(remountNamespace(home, member, lxcfs), undefined, 'it has ended');
  });

  t.test('a hung lxcfs', { skip: unable('mounts') }, async (t) => {
    const daemon = await startDaemon(t);
    await startContainer(t, LIMITS, { bound: daemon });
    const pids = daemon.pids();
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    t.teardown(() => {
      for (const pid of pids) if (isAlive(pid)) process.kill(pid, 'SIGCONT');
    });
    t.match(await toolkit(daemon, 'check-lxcfs', '--timeout=1'), { status: 1, stdout: /^hung: / });
    t.match(await toolkit(daemon, 'remount', '--all'), { status: 1, stderr: /does not answer/ });
    t.match(await toolkit(daemon, 'umount', '--all'), { status: 0, stdout: /shows the host/ });
    for (const pid of pids) process.kill(pid, 'SIGCONT');
    await until('the answer', async () => (await toolkit(daemon, 'check-lxcfs')).status === 0 || undefined);
  });
});

function memberOf({ pid }: OciContainer): NamespaceMember {
  const record = readProcess('/proc', pid);
  if (record === undefined) throw new Error('the container has ended');
  return record;
}

/** The files of the container, of the CPUs' directory one. */
function filesInside(): string[] {
  return LXCFS_FILES.map((path) => (path.startsWith('/sys/') ? `${path}/online` : path));
}

const REPLACE_PROC =
  'busybox umount -l /proc; rmdir /proc; mkdir /decoy; echo own >/decoy/meminfo; ln -s /decoy /proc';
