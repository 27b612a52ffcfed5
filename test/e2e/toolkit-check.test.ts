import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { meminfoField } from './harness/proc-text.ts';
import { startContainer } from './harness/container.ts';
import { daemonPlace, killDaemon, startDaemon } from './harness/daemon.ts';
import { mountsBelow } from './harness/mounts.ts';
import { startOciContainer } from './harness/oci-container.ts';
import { inOwnWorld } from './harness/own-world.ts';
import { allProcesses } from './harness/processes.ts';
import { unable } from './harness/requirements.ts';
import { output, run } from './harness/run.ts';
import { until } from './harness/wait.ts';
import { LIST_LXCFS, toolkit, toolkitProgram } from './harness/toolkit.ts';

const LIMITS = { memoryBytes: 256 * 1024 * 1024, cpus: '0' };

/** Each process of this world, as text. */
const processes = (): string[] => allProcesses().map(({ pid, name }) => `${pid} ${name}`);

await inOwnWorld(import.meta.url, () => {
  t.test('no mount, a starting one, a healthy one, a dead one', { skip: unable('mounts') }, async (t) => {
    const place = daemonPlace(t);
    const check = (...args: string[]) => toolkit(place, 'check-lxcfs', ...args);
    t.match(await check('--timeout=0'), { status: 1, stdout: /^absent: no lxcfs is mounted at / });

    const waiting = check('--timeout=15');
    const daemon = await startDaemon(t, [], { place });
    t.match(await waiting, { status: 0, stdout: /is healthy/ }, 'it waits for a start');
    t.match(JSON.parse((await toolkit(place, 'check-lxcfs', '--json')).stdout), {
      healthy: true,
      directory: place.mountPoint,
    });

    killDaemon(daemon);
    t.match(await check('--timeout=0'), { status: 1, stdout: /^dead: / });
    const prestart = await toolkit(place, 'prestart');
    t.match(prestart, { status: 0, stdout: /took a dead lxcfs off / });
    t.equal(mountsBelow(place.mountPoint).length, 0);
    t.match(await check('--timeout=0'), { status: 1, stdout: /^absent: / });
  });

  t.test('content that cannot be', { skip: unable('mounts') }, async (t) => {
    const place = daemonPlace(t);
    await startDaemon(t, [], { place });
    // Something else where the memory should be: of all that is in the tree, a check reads this file.
    const meminfo = join(place.mountPoint, 'proc/meminfo');
    await output(['mount', '--bind', join(place.mountPoint, 'proc/uptime'), meminfo]);
    t.match(await toolkit(place, 'check-lxcfs', '--timeout=0'), {
      status: 1,
      stdout: /^wrong: .*\/proc\/meminfo is not as expected/,
    });
  });

  t.test(
    'the next lxcfs reaches a container that has the parent as a slave',
    {
      skip: unable('mounts', 'runc'),
    },
    async (t) => {
      const place = daemonPlace(t);
      const parent = dirname(place.mountPoint);
      t.match(await toolkit(place, 'prestart'), { status: 0, stdout: `made ${parent} a shared mount\n` });
      t.match(await toolkit(place, 'prestart'), { status: 0, stdout: /is ready/ }, 'once is enough');
      const daemon = await startDaemon(t, [], { place });
      const container = await startOciContainer(t, {
        runtime: 'runc',
        limits: LIMITS,
        mounts: [{ destination: '/lxcfs', type: 'none', source: parent, options: ['rbind', 'rslave'] }],
      });
      t.equal(await container.output(0, LIST_LXCFS), '/lxcfs/mount\n');
      killDaemon(daemon);
      await toolkit(place, 'prestart');
      t.equal(await container.output(0, LIST_LXCFS), '', 'the dead mount has gone there, too');
      await startDaemon(t, [], { place });
      t.equal(await container.output(0, LIST_LXCFS), '/lxcfs/mount\n');
      const text = await container.output(0, ['cat', '/lxcfs/mount/proc/meminfo']);
      t.equal(meminfoField(text, 'MemTotal'), 262_144);
      t.match(await toolkit(place, 'remount', '--all'), { status: 0, stdout: /remounted, 13 mounts/ });
      t.equal((await container.output(0, LIST_LXCFS)).trim().split('\n').length, 14);
    },
  );

  t.test('show', { skip: unable('mounts', 'runc') }, async (t) => {
    const daemon = await startDaemon(t);
    const container = await startOciContainer(t, { runtime: 'runc', limits: LIMITS, daemon });
    const table = await toolkit(daemon, 'show', '--container-id', container.name);
    t.match(table.stdout, /^memory +256 MiB +\d+ MiB$/m);
    t.match(table.stdout, /^CPUs online +0 /m);
    t.match(table.stdout, /^ +lxcfs +\/proc\/meminfo$/m);
    t.match(table.stdout, /^ +host +\/proc\/partitions$/m, 'which runc does not let be bound');
    const view = JSON.parse((await toolkit(daemon, 'show', '--json', '--pid', String(container.pid))).stdout);
    const hostKb = meminfoField(readFileSync('/proc/meminfo', 'latin1'), 'MemTotal');
    t.match(view, { id: container.name, engine: 'other', pid: container.pid });
    t.match(view, { container: { memoryTotalKb: 262_144, processors: 1 }, host: { memoryTotalKb: hostKb } });
    for (const side of ['container', 'host']) {
      t.match(
        view[side],
        {
          memoryAvailableKb: Number,
          swapTotalKb: Number,
          swapFreeKb: Number,
          cpusOnline: /^\d/,
          loadAverage: /^\d+\.\d\d \d+\.\d\d \d+\.\d\d$/,
          uptimeSeconds: Number,
          disks: Array,
        },
        side,
      );
    }
    t.ok(view.container.uptimeSeconds < view.host.uptimeSeconds);
    const { '/proc/meminfo': bound, '/proc/partitions': unbound } = view.files;
    t.same([bound, unbound], ['lxcfs', 'host']);

    const before = processes();
    const pids = daemon.pids();
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    const hung = await toolkit(daemon, 'show', '--container-id', container.name);
    t.match(hung.stdout, /^ +hung +\/proc\/meminfo$/m);
    t.match(hung.stdout, /^ +host +\/proc\/partitions$/m, 'one that hangs does not hide the others');
    for (const pid of pids) process.kill(pid, 'SIGCONT');
    const hasSettled = (): true | undefined =>
      processes().every((each) => before.includes(each)) || undefined;
    await until('the end of what looked', hasSettled);

    const programs = dirname(daemonPlace(t).mountPoint);
    const slowNsenter = '#!/bin/sh\nPATH=${PATH#*:}; sleep 6; exec nsenter "$@"\n';
    writeFileSync(join(programs, 'nsenter'), slowNsenter, { mode: 0o755 });
    const slow = await run([toolkitProgram, 'show', '--container-id', container.name], {
      env: { ...process.env, NODE_OPTIONS: '', PATH: `${programs}:${process.env['PATH']}` },
      limitMillis: 60_000,
    });
    t.match(slow.stdout, /^ +lxcfs +\/proc\/meminfo$/m, 'a slow start is not a hung lxcfs');

    killDaemon(daemon);
    const dead = await toolkit(daemon, 'show', '--container-id', container.name);
    t.match(dead.stdout, /^ +dead +\/proc\/meminfo$/m);
    t.match(dead.stdout, /^memory +- +\d+ MiB$/m);
    const host = await toolkit(daemon, 'show', '--pid', String(process.pid));
    t.match(host, { status: 1, stderr: /not in a container/ });
  });

  t.test('not root', { skip: unable('mounts') }, async (t) => {
    const env = { ...process.env, NODE_OPTIONS: '' };
    for (const command of [['remount', '--all'], ['umount', '--all'], ['show', '-c', '1'], ['check-lxcfs']]) {
      const asNobody = await run(
        ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', toolkitProgram, ...command],
        { env },
      );
      t.match(asNobody, { status: 1, stderr: /need root/ }, command.join(' '));
    }
    const daemon = await startDaemon(t);
    await startContainer(t, LIMITS, { bound: daemon });
    const withoutPtrace = [
      'setpriv',
      '--bounding-set=-sys_ptrace',
      toolkitProgram,
      'remount',
      '--all',
    ] as const;
    t.match(
      await run(withoutPtrace, { env }),
      { status: 0, stdout: 'no container is running\n' },
      'processes that may not be looked into',
    );
  });
});
