import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { type Daemon, startDaemon } from './harness/daemon.ts';
import { listeningSockets } from './harness/listening-sockets.ts';
import { mountsBelow } from './harness/mounts.ts';
import { signalIfAlive } from './harness/processes.ts';
import { unable } from './harness/requirements.ts';
import { output } from './harness/run.ts';
import { startBackground } from './harness/background.ts';
import { program } from './harness/programs.ts';
import { until } from './harness/wait.ts';

t.test('signals and the end', { skip: unable('mounts') }, async (t) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    t.test(`${signal} ends it, and nothing is left`, async (t) => {
      const daemon = await startDaemon(t);
      t.equal(readFileSync(daemon.pidFile, 'utf8'), `${daemon.pid}\n`);
      signalIfAlive(daemon.pid, signal);
      t.equal(await daemon.ended(), 0);
      await assertNothingLeft(t, daemon);
    });
  }

  t.test('SIGTERM while files are open ends it too', async (t) => {
    const daemon = await startDaemon(t);
    const reader = startBackground(t, program('keep-open', daemon.path('proc/stat')));
    await reader.nextLine();
    signalIfAlive(daemon.pid, 'SIGTERM');
    t.equal(await daemon.ended(), 0);
    await assertNothingLeft(t, daemon);
  });

  t.test('unmounted from outside it ends by itself', async (t) => {
    const daemon = await startDaemon(t);
    await output(['umount', daemon.mountPoint]);
    t.equal(await daemon.ended(), 0);
    await assertNothingLeft(t, daemon);
  });

  t.test('no signal opens a debugger port or ends a process', async (t) => {
    const daemon = await startDaemon(t);
    const { pid } = daemon;
    for (const signal of ['SIGHUP', 'SIGUSR2', 'SIGUSR2', 'SIGUSR1'] as const) {
      signalIfAlive(pid, signal);
      await sleep(300);
      t.match(await output(['cat', daemon.path('proc/uptime')]), /^\d/, `answers after ${signal}`);
    }
    for (const server of daemon.pids().filter((other) => other !== pid)) signalIfAlive(server, 'SIGUSR1');
    await sleep(300);
    t.match(await output(['cat', daemon.path('proc/uptime')]), /^\d/);
    t.same(daemon.pids().flatMap(listeningSockets), []);
    t.ok(daemon.pids().includes(pid));
  });
});

async function assertNothingLeft(t: Test, daemon: Daemon): Promise<void> {
  t.same(mountsBelow(daemon.mountPoint), [], 'no mount');
  t.notOk(existsSync(daemon.pidFile), 'no pid file');
  await until('the end of all processes', () => (daemon.pids().length === 0 ? true : undefined));
}
