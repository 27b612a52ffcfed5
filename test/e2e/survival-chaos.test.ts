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

/** How long each storm lasts: long enough for every kind of mishap in CI; LXCFS_E2E_CHAOS_SECONDS for more. */
const SECONDS = Number(process.env['LXCFS_E2E_CHAOS_SECONDS'] ?? '15');
const MIB = 1024 * 1024;
const TICK_MILLIS = 100;
/** On a busy machine the ticks are further apart, so that servers get to serve at all: so many in the time of a start. */
const TICKS_PER_START = 3;
const RELOAD_TICKS = 5;
const RESTART_MILLIS = 5000;
const SLOWEST_MILLIS = 2000;
/** A read may take that long, or on a busy machine as long as this many starts of a daemon there. */
const SLOWEST_STARTS = 5;

t.setTimeout((SECONDS * 2 + 60) * 1000 * slowness);

for (const [title, env] of [
  ['the kernel sends lost requests again', {}],
  ['as with older kernels, lost requests are found in the journal', { LXCFS_NO_RESEND: '1' }],
] as const) {
  t.test(`chaos, no read is lost: ${title}`, { skip: unable('mounts') }, async (t) => {
    let daemon = await startReady(t, {}, env);
    const startMillis = Number(/"startMillis":(\d+)/.exec(daemon.log())?.[1]);
    const tickMillis = Math.max(TICK_MILLIS, startMillis / TICKS_PER_START);
    const containers = await Promise.all(
      [100, 200, 300, 400].map((mib) => startContainer(t, { memoryBytes: mib * MIB })),
    );
    const readers = containers.flatMap((container, index) => watch(t, daemon, container, (index + 1) * 100));
    const done = { kills: 0, reloads: 0, restarts: 0 };
    let restartAt = Date.now() + RESTART_MILLIS;
    const end = Date.now() + SECONDS * 1000;
    for (let tick = 1; Date.now() < end; tick += 1) {
      await sleep(tickMillis);
      if (Date.now() > restartAt) {
        restartAt += RESTART_MILLIS;
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
    for (const reader of readers) reader.send('end');
    const results = await Promise.all(readers.map(async (reader) => parseWatchAll(await reader.nextLine())));
    const sum = summary(results);
    t.comment(JSON.stringify({ ...done, ...sum, startMillis }));
    const faults = results.flatMap(({ failed, torn, back, total }) =>
      [failed, torn, back, total].flatMap(({ first }) => first),
    );
    t.same(faults, [], 'no read failed, no text was torn, no counter went back, no view was lost');
    const limitMillis = Math.max(SLOWEST_MILLIS, SLOWEST_STARTS * startMillis);
    t.ok(sum.slowest < limitMillis, `the slowest read took ${sum.slowest} ms, less than ${limitMillis}`);
    t.ok(Math.min(...results.map(({ reads }) => reads)) > SECONDS, 'every reader got on');
    t.ok(done.kills > 0 && done.reloads > 0 && done.restarts > 0, 'there was a storm');
  });
}

function startReady(t: Test, place: { place?: Daemon }, env: NodeJS.ProcessEnv): Promise<Daemon> {
  return startDaemon(t, ['-l', '--log-format=json'], { ...place, env }).then(async (daemon) => {
    await until('"ready" in the log', () => (daemon.log().includes('"ready"') ? true : undefined), 15_000);
    return daemon;
  });
}

/** Kills the supervisor, as soon as it is not the only one that keeps the mount alive, and starts another. */
async function restartSupervisor(t: Test, daemon: Daemon, env: NodeJS.ProcessEnv): Promise<Daemon> {
  await until('a server', () => (holders(daemon).some((pid) => pid !== daemon.pid) ? true : undefined));
  signalIfAlive(daemon.pid, 'SIGKILL');
  await daemon.ended();
  return startReady(t, { place: daemon }, env);
}

function watch(t: Test, daemon: Daemon, container: Container, mib: number) {
  return (['fresh', 'fresh', 'kept', 'kept'] as const).map((way) =>
    container.start(t, program('watch-all', daemon.mountPoint, way, SECONDS * 4, mib * 1024)),
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
