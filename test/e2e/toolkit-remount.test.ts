import { readFileSync, readlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import t from 'tap';
import type { NamespaceMember } from '../../src/toolkit/find-containers.ts';
import { openHome } from '../../src/toolkit/home.ts';
import { LXCFS_FILES } from '../../src/toolkit/lxcfs-files.ts';
import { remountNamespace, umountNamespace } from '../../src/toolkit/namespace-jobs.ts';
import { readProcess } from '../../src/toolkit/process-record.ts';
import { joining, startContainer } from './harness/container.ts';
import { type Daemon, daemonPlace, startDaemon, killDaemon } from './harness/daemon.ts';
import { type OciContainer, startOciContainer } from './harness/oci-container.ts';
import { mountsBelow } from './harness/mounts.ts';
import { inOwnWorld } from './harness/own-world.ts';
import { paceNow } from './harness/pace.ts';
import { meminfoField } from './harness/proc-text.ts';
import { program } from './harness/programs.ts';
import { isAlive } from './harness/processes.ts';
import { unable } from './harness/requirements.ts';
import { type Finished, output, run } from './harness/run.ts';
import { LIST_LXCFS, toolkit, toolkitProgram, toolkitReports } from './harness/toolkit.ts';
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

  for (const [runtime, userNamespace] of [
    ['runc', false],
    ['runc', true],
    ['crun', false],
    ['crun', true],
  ] as const) {
    t.test(
      `in and out of a ${runtime} container${userNamespace ? ' in a user namespace' : ''}`,
      { skip: unable('mounts', runtime) },
      async (t) => {
        const daemon = await startDaemon(t);
        const container = await startOciContainer(t, { runtime, limits: LIMITS, userNamespace });
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
    killDaemon(daemon);
    t.match(
      await memories(),
      containers.map(() => /Transport endpoint is not connected|connection abort/),
    );

    t.equal((await toolkitReports(daemon, 'umount', '--all')).length, 20);
    t.same(await memories(), everywhere(HOST_KB), 'host values instead of errors');

    const { status } = await toolkit(daemon, 'prestart');
    t.equal(status, 0);
    const successor = await startDaemon(t, [], { place: daemon });
    const paces = [paceNow()];
    const startedAt = performance.now();
    const reports = await toolkitReports(successor, 'remount', '--all');
    const seconds = (performance.now() - startedAt) / 1000;
    paces.push(paceNow());
    const pace = Math.max(...paces);
    t.ok(seconds < 2 * pace, `in ${seconds.toFixed(2)} s, ${pace.toFixed(1)} times as long as alone`);
    t.match(
      reports,
      containers.map(() => ({ status: 'changed' })),
    );
    t.same(await memories(), everywhere(LIMITED_KB), 'and their own again');
  });

  for (const runtime of ['runc', 'crun'] as const) {
    t.test(`${runtime}, after the death of its lxcfs`, { skip: unable('mounts', runtime) }, async (t) => {
      const daemon = await startDaemon(t);
      const container = await startOciContainer(t, { runtime, limits: LIMITS, daemon });
      const memory = (): Promise<number> => memoryOf(container);
      const restart = async (): Promise<Daemon> => {
        t.equal((await toolkit(daemon, 'prestart')).status, 0);
        return startDaemon(t, [], { place: daemon });
      };
      killDaemon(daemon);
      await t.rejects(memory(), /not connected|connection abort/);
      const second = await restart();
      t.match(await toolkitReports(second, 'remount', '--all'), [{ status: 'changed', removed: 9 }]);
      t.equal(await memory(), LIMITED_KB, 'over dead files, without umount before');
      const files = (await container.output(0, LIST_LXCFS)).trim().split('\n').sort();
      t.same(files, LXCFS_FILES, 'no dead one is left');

      killDaemon(second);
      await t.rejects(memory(), /not connected|connection abort/);
      t.match(await toolkitReports(second, 'umount', '--all'), [{ status: 'changed' }]);
      t.equal(await memory(), HOST_KB, 'umount: host values');
      t.match(await toolkitReports(second, 'umount', '--all'), [{ status: 'unchanged' }]);
      const third = await restart();
      t.match(await toolkitReports(third, 'remount', '--all'), [{ status: 'changed', placed: 13 }]);
      t.equal(await memory(), LIMITED_KB);
      t.match(await toolkitReports(third, 'remount', '--all'), [{ status: 'unchanged' }]);
    });
  }

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

    const show = async (): Promise<string> => (await toolkit(daemon, 'show', '-c', container.name)).stdout;
    t.match(await show(), /^ +absent +\/proc\/meminfo$/m, 'no link is followed');
    const makeDevice = 'rm /proc; mkdir /proc; busybox mknod /proc/meminfo c 1 5';
    await output(['nsenter', '-t', String(container.pid), '--mount', 'sh', '-ec', makeDevice]);
    t.match(await show(), /^ +absent +\/proc\/meminfo$/m, 'no device is opened');
  });

  t.test('kernels that cannot carry mounts', { skip }, async (t) => {
    const daemon = await startDaemon(t);
    const source = dirname(daemon.mountPoint);
    const mounts = [{ destination: source, type: 'none', source, options: ['rbind', 'rslave'] }];
    const sees = await startOciContainer(t, { runtime: 'runc', limits: LIMITS, mounts });
    const blind = await startOciContainer(t, { runtime: 'runc', limits: LIMITS });
    const remount = async (missingCalls: string, { name }: OciContainer): Promise<Finished> => {
      const command = [toolkitProgram, `--lxcfs=${daemon.mountPoint}`, 'remount', `--container-id=${name}`];
      return run(program('without-calls', missingCalls, ...command), {
        env: { ...process.env, NODE_OPTIONS: '' },
      });
    };

    const linux51 = '428,429,442'; // no open_tree, move_mount, mount_setattr
    t.match(await remount(linux51, sees), { status: 0, stdout: /remounted, 13 mounts/ });
    t.equal(await memoryOf(sees), LIMITED_KB, 'bound from the directory that the container sees');
    t.match(await remount(linux51, sees), { status: 0, stdout: /had the files of this lxcfs already/ });
    t.match(await remount(linux51, blind), {
      status: 1,
      stdout:
        /failed: this kernel has no open_tree and move_mount \(Linux 5\.2\), and the container does not see/,
    });
    t.equal(await memoryOf(blind), HOST_KB);

    const linux511 = '442'; // no mount_setattr
    t.match(await remount(linux511, blind), { status: 0, stdout: /remounted, 13 mounts/ });
    t.equal(await memoryOf(blind), LIMITED_KB);
    const table = readFileSync(`/proc/${blind.pid}/mountinfo`, 'latin1');
    t.match(table, / \/proc\/meminfo rw\S* - fuse\.lxcfs /, 'it exchanges no mounts with the host');
  });

  t.test('processes that have ended', { skip }, async (t) => {
    const daemon = await startDaemon(t);
    const container = await startOciContainer(t, { runtime: 'runc', limits: LIMITS });
    const home = openHome();
    const device = mountsBelow(daemon.mountPoint)[0]?.device ?? '';
    const lxcfs = { directory: daemon.mountPoint, device };
    const member = memberOf(container);
    const later = { ...member, startTicks: member.startTicks + 1 };
    t.equal(umountNamespace(home, later), undefined, 'another process has got the number');
    t.equal(readlinkSync('/proc/self/ns/mnt'), home.namespace, 'back home');
    await container.stop();
    t.equal(remountNamespace(home, member, lxcfs), undefined, 'it has ended');
  });

  t.test('containers that come and go meanwhile', { skip: unable('mounts') }, async (t) => {
    const daemon = await startDaemon(t);
    const stays = await startContainer(t, LIMITS, { bound: daemon });
    const over = new AbortController();
    const comeAndGo = async (): Promise<number> => {
      let count = 0;
      for (; !over.signal.aborted; count++) {
        const unshare = ['unshare', '--pid', '--fork', '--mount-proc', 'sleep', '0.1'] as const;
        await output(joining(stays.cgroup, ...unshare));
      }
      return count;
    };
    const coming = Promise.all(Array.from({ length: 8 }, comeAndGo));
    const statuses = new Set<string>();
    try {
      for (let round = 0; round < 5; round++) {
        for (const command of ['umount', 'remount'] as const) {
          const reports = await toolkitReports(daemon, command, '--all');
          for (const { status } of reports) statuses.add(status);
        }
      }
    } finally {
      over.abort();
    }
    const counts = await coming;
    t.comment(`${counts.join(' ')} containers, ${[...statuses].join(' ')}`);
    t.ok(counts.every((count) => count > 0));
    t.notOk(statuses.has('failed'));
    const text = await stays.output(['cat', '/proc/meminfo']);
    t.equal(meminfoField(text, 'MemTotal'), LIMITED_KB);
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

async function memoryOf(container: OciContainer): Promise<number> {
  return meminfoField(await container.output(0, ['cat', '/proc/meminfo']), 'MemTotal');
}

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
