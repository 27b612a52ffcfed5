import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { type Container, startContainer } from './harness/container.ts';
import { type Daemon, startDaemon } from './harness/daemon.ts';
import { slowness } from './harness/pace.ts';
import { signalIfAlive } from './harness/processes.ts';
import { parseWatchAll, program, type WatchAll } from './harness/programs.ts';
import { unable } from './harness/requirements.ts';
import { holders, serverAtWork } from './harness/server-at-work.ts';
import { until } from './harness/wait.ts';

/** How long the storms last: the second one is shorter, for no kernel is without RESEND that runs these tests. */
const SECONDS = Number(process.env['LXCFS_E2E_CHAOS_SECONDS'] ?? '60');
const JOURNAL_SECONDS = Math.min(SECONDS, 15);
const MIB = 1024 * 1024;
const TICK_MILLIS = 100;
const RELOAD_TICKS = 5;
const RESTART_MILLIS = 5000;
const SLOWEST_MILLIS = 2000;
/** Where a daemon takes longer than this to start beside the readers, the machine is slow or busy: all get more time there. */
const SLOW_START_MILLIS = 600;

t.setTimeout((SECONDS + JOURNAL_SECONDS + 60) * 1000 * slowness);

for (const [title, seconds, slowestMillis, env] of [
  ['the kernel sends lost requests again', SECONDS, SLOWEST_MILLIS, {}],
  [
    'as with older kernels, lost requests are found in the journal',
    JOURNAL_SECONDS,
    // Where every server is killed within moments, one may be before it has taken over.
    2 * SLOWEST_MILLIS,
    { LXCFS_NO_RESEND: '1' },
  ],
] as const) {
  t.test(`chaos, no read is lost: ${title}`, { skip: unable('mounts') }, async (t) => {
    let daemon = await startReady(t, {}, env);
    const containers = await Promise.all(
      [100, 200, 300, 400].map((mib) => startContainer(t, { memoryBytes: mib * MIB })),
    );
    const readers = containers.flatMap((container, index) =>
      watch(t, daemon, container, seconds, (index + 1) * 100),
    );
    let startMillis = await paceOfStarts(t);
    const stretch = (): number => Math.max(1, startMillis / SLOW_START_MILLIS);
    const done = { kills: 0, reloads: 0, restarts: 0 };
    let restartAt = Date.now() + RESTART_MILLIS;
    const end = Date.now() + seconds * 1000;
    for (let tick = 1; Date.now() < end; tick += 1) {
      await sleep(TICK_MILLIS * stretch());
      if (Date.now() > restartAt) {
        restartAt = Math.max(restartAt + RESTART_MILLIS, Date.now() + RESTART_MILLIS / 2);
        daemon = await restartSupervisor(t, daemon, env);
        done.restarts += 1;
      } else if (tick % RELOAD_TICKS === 0) {
        signalIfAlive(daemon.pid, 'SIGUSR1');
        done.reloads += 1;
      } else {
        const pid = serverAtWork(daemon);
        if (pid === undefined) continue; // the successor is being loaded
        signalIfAlive(pid, 'SIGKILL');
        done.kills += 1;
      }
    }
    startMillis = Math.max(startMillis, await paceOfStarts(t)); // others may have been busy meanwhile
    for (const reader of readers) reader.send('end');
    const results = await Promise.all(readers.map(async (reader) => parseWatchAll(await reader.nextLine())));
    const sum = summary(results);
    t.comment(JSON.stringify({ ...done, ...sum, startMillis }));
    const faults = results.flatMap(({ failed, torn, back, total }) =>
      [failed, torn, back, total].flatMap(({ first }) => first),
    );
    t.same(faults, [], 'no read failed, no text was torn, no counter went back, no view was lost');
    const limitMillis = Math.round(slowestMillis * stretch());
    t.ok(sum.slowest < limitMillis, `the slowest read took ${sum.slowest} ms, less than ${limitMillis}`);
    t.ok(Math.min(...results.map(({ reads }) => reads)) > seconds, 'every reader got on');
    t.ok(done.kills > 0 && done.reloads > 0 && done.restarts > 0, 'there was a storm');
  });
}

function startReady(t: Test, place: { place?: Daemon }, env: NodeJS.ProcessEnv): Promise<Daemon> {
  return startDaemon(t, ['-l', '--log-format=json'], { ...place, env }).then(async (daemon) => {
    await until('"ready" in the log', () => (daemon.log().includes('"ready"') ? true : undefined), 15_000);
    return daemon;
  });
}

/** How long another daemon takes to start while all the readers read. */
async function paceOfStarts(t: Test): Promise<number> {
  const other = await startReady(t, {}, {});
  signalIfAlive(other.pid, 'SIGTERM');
  await other.ended();
  return Number(/"startMillis":(\d+)/.exec(other.log())?.[1]);
}

/** Kills the supervisor, as soon as it is not alone with the keeper, and starts another. */
async function restartSupervisor(t: Test, daemon: Daemon, env: NodeJS.ProcessEnv): Promise<Daemon> {
  await until('a server', () => (holders(daemon).length > 2 ? true : undefined));
  signalIfAlive(daemon.pid, 'SIGKILL');
  await daemon.ended();
  return startReady(t, { place: daemon }, env);
}

function watch(t: Test, daemon: Daemon, container: Container, seconds: number, mib: number) {
  return (['fresh', 'fresh', 'kept', 'kept'] as const).map((way) =>
    container.start(t, program('watch-all', daemon.mountPoint, way, seconds * 4, mib * 1024)),
  );
}

function summary(results: readonly WatchAll[]) {
  const count = (kind: 'failed' | 'torn' | 'back' | 'total'): number =>
    results.reduce((sum, result) => sum + result[kind].count, 0);
  return {
    reads: results.reduce((sum, { reads }) => sum + reads, 0),
    failed: count('failed'),
    torn: count('torn'),
    back: count('back'),
    otherView: count('total'),
    slowest: Math.max(...results.map(({ slowest }) => slowest)),
  };
}
