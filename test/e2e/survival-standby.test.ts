import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { type Container, startContainer } from './harness/container.ts';
import { type Daemon, startDaemon } from './harness/daemon.ts';
import { logged } from './harness/logged.ts';
import { allProcesses, isAlive, killAndWait, signalIfAlive } from './harness/processes.ts';
import { copyOfProgram, renderer } from './harness/program-copy.ts';
import { parseWatchAll, program } from './harness/programs.ts';
import { unable } from './harness/requirements.ts';
import {
  descriptors,
  holders,
  mountStateDirectory,
  serverAtWork,
  serverPid,
  standby,
} from './harness/server-at-work.ts';
import { until } from './harness/wait.ts';

const MIB = 1024 * 1024;

t.setTimeout(120_000);

t.test('a server stands by', { skip: unable('mounts') }, async (t) => {
  const { daemon, noReadFailed } = await startWatched(t);
  const [first, second] = [await serverPid(daemon), await standby(daemon)];
  t.same(holders(daemon), [daemon.pid, first, second].toSorted(byNumber), 'and holds the mount');

  await t.test('when the server dies, it serves, and another stands by', async (t) => {
    killAndWait([first]);
    t.equal(await serverPid(daemon), second);
    t.not(await standby(daemon), first);
  });

  await t.test('one that dies itself is replaced', async (t) => {
    const waiting = await standby(daemon);
    killAndWait([waiting]);
    t.not(await standby(daemon), waiting);
    t.equal(serverAtWork(daemon), second, 'the server is the same');
  });

  await t.test('after a reload another one does', async (t) => {
    const waiting = await standby(daemon);
    signalIfAlive(daemon.pid, 'SIGUSR1');
    await logged(daemon, /"reloaded"/);
    t.notOk(isAlive(waiting));
    t.ok(await standby(daemon));
  });

  await t.test('a server that hangs is replaced by it', async (t) => {
    const [hung, waiting] = [await serverPid(daemon), await standby(daemon)];
    signalIfAlive(hung, 'SIGSTOP');
    await until('its turn', () => (serverAtWork(daemon) === waiting ? true : undefined), 40_000);
    t.notOk(isAlive(hung));
  });
  await noReadFailed(t);
});

t.test('without a supervisor', { skip: unable('mounts') }, async (t) => {
  const watched = await startWatched(t);
  const { container } = watched;
  let { daemon } = watched;
  const startNext = async (): Promise<void> => {
    daemon = await startDaemon(t, ['--log-format=json'], { place: daemon });
    await logged(daemon, /"ready"/);
  };

  await t.test('the standby takes the place of a server that dies', async (t) => {
    const [server, waiting] = [await serverPid(daemon), await standby(daemon)];
    killAndWait([daemon.pid, server]);
    await until('its turn', () => (serverAtWork(daemon) === waiting ? true : undefined), 20_000);
    t.match(await meminfo(container, daemon), /^MemTotal: +131072 kB\n/);
  });

  await t.test('the next supervisor ends both', async (t) => {
    const alone = await serverPid(daemon);
    await startNext();
    t.notOk(isAlive(alone));
    const both = [await serverPid(daemon), await standby(daemon)];
    killAndWait([daemon.pid]);
    await startNext();
    t.match(daemon.log(), new RegExp(`"server":${both[0]},"msg":"mount of a daemon that died: adopted"`));
    t.notOk(both.some(isAlive));
  });

  await t.test('the mount is adopted from a standby that does not come to serve', async (t) => {
    const [server, waiting] = [await serverPid(daemon), await standby(daemon)];
    signalIfAlive(waiting, 'SIGSTOP');
    killAndWait([daemon.pid, server]);
    await startNext();
    t.match(daemon.log(), new RegExp(`"server":${waiting},"msg":"mount of a daemon that died: adopted"`));
    t.notOk(isAlive(waiting));
  });

  await t.test('a supervisor and a server that are killed at any moment of a start or reload', async (t) => {
    for (let pauseMillis = 0; pauseMillis < 400; pauseMillis += 40) {
      await standby(daemon);
      signalIfAlive(daemon.pid, 'SIGUSR1');
      await sleep(pauseMillis);
      killAndWait([daemon.pid]);
      await sleep(pauseMillis);
      killAndWait([serverAtWork(daemon) ?? daemon.pid]);
      await startNext();
    }
    t.equal((await daemonsOn(daemon)).length, 3, 'a supervisor, a server, a standby');
  });
  await watched.noReadFailed(t);
});

t.test('code that changes on disk', { skip: unable('mounts') }, async (t) => {
  const shown = 'Filename Type Size Used Priority\n/new file 1 0 -2\n';
  const swaps = (): string => renderer('swaps', `return ${JSON.stringify(shown)}`);

  await t.test('a standby of old code never serves after a reload', async (t) => {
    const copy = copyOfProgram(t);
    const { daemon, container } = await startWatched(t, copy.program);
    await standby(daemon);
    copy.damage('views/proc/swaps.js', () => swaps());
    signalIfAlive(daemon.pid, 'SIGUSR1');
    await logged(daemon, /"reloaded"/);
    killAndWait([await serverPid(daemon)]);
    t.equal(await container.output(['cat', daemon.path('proc/swaps')]), shown);
  });

  await t.test('with new code on disk and no reload, a crash brings the new code', async (t) => {
    const copy = copyOfProgram(t);
    const { daemon, container, noReadFailed } = await startWatched(t, copy.program);
    await standby(daemon);
    copy.damage('views/proc/swaps.js', () => swaps());
    killAndWait([await serverPid(daemon)]);
    await logged(daemon, /"reloaded"/);
    t.equal(await container.output(['cat', daemon.path('proc/swaps')]), shown);
    await noReadFailed(t);
  });

  await t.test('with broken code on disk, a crash leaves the view of the container', async (t) => {
    const copy = copyOfProgram(t);
    const { daemon, container, noReadFailed } = await startWatched(t, copy.program);
    await standby(daemon);
    copy.damage('server/reader.js', () => undefined);
    killAndWait([await serverPid(daemon)]);
    await logged(daemon, /"reload failed, the old server stays"/);
    t.match(await meminfo(container, daemon), /^MemTotal: +131072 kB\n/);
    await logged(daemon, /no standby server can be loaded/);
    await noReadFailed(t);
  });
});

/** A daemon, a container, and a reader in it that looks at all files until it is asked how it went. */
async function startWatched(t: Test, programPath?: string) {
  const copy = programPath === undefined ? {} : { program: programPath };
  const daemon = await startDaemon(t, ['--log-format=json'], copy);
  const container = await startContainer(t, { memoryBytes: 128 * MIB });
  const reader = container.start(t, program('watch-all', daemon.mountPoint, 'fresh', 600, 128 * 1024));
  await logged(daemon, /"ready"/);
  const noReadFailed = async (test: Test): Promise<void> => {
    reader.send('end');
    const { reads, failed, torn, back, total, slowest } = parseWatchAll(await reader.nextLine(20_000));
    test.comment({ reads, slowest });
    const complaints = [failed, torn, back, total].flatMap(({ first }) => first);
    test.same(complaints, [], 'no read failed, and none was of somebody else');
  };
  return { daemon, container, noReadFailed };
}

/** All processes that hold the mount, once they are as many as they should be. */
async function daemonsOn(daemon: Daemon): Promise<number[]> {
  await standby(daemon);
  return allProcesses()
    .map(({ pid }) => pid)
    .filter(
      (pid) =>
        descriptors(pid).includes(join(mountStateDirectory(daemon), 'open-files')) || pid === daemon.pid,
    );
}

function meminfo(container: Container, daemon: Daemon): Promise<string> {
  return container.output(['cat', daemon.path('proc/meminfo')], { limitMillis: 20_000 });
}

function byNumber(a: number, b: number): number {
  return a - b;
}
