import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { endKeeper, keeperOf } from '../../src/supervisor/keeper.ts';
import { startBackground } from './harness/background.ts';
import { type Container, startContainer } from './harness/container.ts';
import { type Daemon, daemonPlace, placeArguments, startDaemon } from './harness/daemon.ts';
import { logged } from './harness/logged.ts';
import { familyOf, isAlive, killAndWait, signalIfAlive } from './harness/processes.ts';
import { copyOfProgram, renderer } from './harness/program-copy.ts';
import { parseWatchAll, program } from './harness/programs.ts';
import { unable } from './harness/requirements.ts';
import {
  holders,
  keeperPid,
  mountStateDirectory,
  serverAtWork,
  serverPid,
} from './harness/server-at-work.ts';
import { until } from './harness/wait.ts';

const MIB = 1024 * 1024;

t.setTimeout(120_000);

t.test('a keeper holds the mount', { skip: unable('mounts') }, async (t) => {
  const { daemon, noReadFailed } = await startWatched(t);
  const server = await serverPid(daemon);
  const keeper = await keeperPid(daemon);
  t.same(holders(daemon), [daemon.pid, server, keeper].toSorted(byNumber), 'beside supervisor and server');

  await t.test('no signal that is meant for the daemon ends it', (t) => {
    for (const signal of ['SIGHUP', 'SIGINT', 'SIGUSR1', 'SIGUSR2'] as const) signalIfAlive(keeper, signal);
    t.ok(isAlive(keeper));
    t.end();
  });

  await t.test('one that dies is replaced', async (t) => {
    killAndWait([keeper]);
    await until('another one', async () => ((await keeperPid(daemon)) === keeper ? undefined : true));
    t.equal(serverAtWork(daemon), server, 'the server is the same');
  });

  await t.test('it does not change with the server', async (t) => {
    const before = await keeperPid(daemon);
    killAndWait([server]);
    t.not(await serverPid(daemon), server);
    signalIfAlive(daemon.pid, 'SIGUSR1');
    await logged(daemon, /"reloaded"/);
    t.equal(await keeperPid(daemon), before);
  });
  await noReadFailed(t);
});

t.test('supervisor and server are killed', { skip: unable('mounts') }, async (t) => {
  const watched = await startWatched(t);
  const { container } = watched;
  let { daemon } = watched;
  const startNext = async (): Promise<void> => {
    daemon = await startDaemon(t, ['--log-format=json'], { place: daemon });
    await logged(daemon, /"ready"/);
  };

  await t.test('readers wait for the next supervisor, who has the mount from the keeper', async (t) => {
    const [server, keeper] = [await serverPid(daemon), await keeperPid(daemon)];
    killAndWait([daemon.pid, server]);
    const read = meminfo(container, daemon);
    await startNext();
    t.match(daemon.log(), new RegExp(`"from":${keeper},"msg":"mount of a daemon that died: adopted"`));
    t.match(await read, /^MemTotal: +131072 kB\n/);
    t.notOk(isAlive(keeper), 'which then ends');
  });

  await t.test('the supervisor alone: server and keeper go on until there is another one', async (t) => {
    const [server, keeper] = [await serverPid(daemon), await keeperPid(daemon)];
    killAndWait([daemon.pid]);
    t.match(await meminfo(container, daemon), /^MemTotal: +131072 kB\n/);
    t.ok(isAlive(keeper));
    await startNext();
    t.match(daemon.log(), new RegExp(`"from":${server},"msg":"mount of a daemon that died: adopted"`));
    t.notOk([server, keeper].some(isAlive));
  });

  await t.test('at any moment of a start or reload', async (t) => {
    for (let pauseMillis = 0; pauseMillis < 400; pauseMillis += 40) {
      await keeperPid(daemon);
      signalIfAlive(daemon.pid, 'SIGUSR1');
      await sleep(pauseMillis);
      killAndWait([daemon.pid]);
      await sleep(pauseMillis);
      killAndWait([serverAtWork(daemon) ?? daemon.pid]);
      await startNext();
    }
    t.equal(daemon.pids().length, 3, 'a supervisor, a server, a keeper');
  });
  await watched.noReadFailed(t);

  await t.test('where no supervisor comes, the keeper ends, and reads fail rather than hang', async (t) => {
    const keeper = await keeperPid(daemon);
    killAndWait([daemon.pid, await serverPid(daemon)]);
    await until('the end of the keeper', () => (isAlive(keeper) ? undefined : true), 45_000);
    t.same(daemon.pids(), [], 'nothing is left');
    const { status, stderr } = await container.run(['cat', daemon.path('proc/meminfo')]);
    t.not(status, 0);
    t.match(stderr, /not connected|connection abort/);
    await startNext();
    t.match(daemon.log(), /"dead mount of a daemon that is gone: cleared"/);
  });
});

t.test('all are killed before the first server serves', { skip: unable('mounts') }, async (t) => {
  const copy = copyOfProgram(t);
  const mend = copy.damage('server/assemble.js', (text) => `${text}\nfor (;;);`);
  const place = daemonPlace(t);
  const first = startBackground(t, [copy.program, ...placeArguments(place)]);
  const stateDirectory = await until('a mount', () => attempt(() => mountStateDirectory(place)));
  const keeper = await until('a keeper', () => keeperOf(stateDirectory));
  t.teardown(() => endKeeper(keeper, stateDirectory));
  killAndWait(familyOf(first.pid).filter((pid) => pid !== keeper));
  mend();
  const daemon = await startDaemon(t, ['--log-format=json'], { program: copy.program, place });
  t.match(daemon.log(), new RegExp(`"from":${keeper},"msg":"mount of a daemon that died: adopted"`));
  await until('its end', () => (isAlive(keeper) ? undefined : true));
});

t.test('code that changes on disk', { skip: unable('mounts') }, async (t) => {
  const shown = 'Filename Type Size Used Priority\n/new file 1 0 -2\n';

  await t.test('after a crash the new code serves', async (t) => {
    const copy = copyOfProgram(t);
    const { daemon, container, noReadFailed } = await startWatched(t, copy.program);
    copy.damage('views/proc/swaps.js', () => renderer('swaps', `return ${JSON.stringify(shown)}`));
    killAndWait([await serverPid(daemon)]);
    t.equal(await container.output(['cat', daemon.path('proc/swaps')]), shown);
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

function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined; // not there yet
  }
}

function meminfo(container: Container, daemon: Daemon): Promise<string> {
  return container.output(['cat', daemon.path('proc/meminfo')], { limitMillis: 20_000 });
}

function byNumber(a: number, b: number): number {
  return a - b;
}
