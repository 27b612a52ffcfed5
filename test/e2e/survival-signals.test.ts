import { availableParallelism } from 'node:os';
import t from 'tap';
import { startContainer } from './harness/container.ts';
import { type Daemon, startDaemon } from './harness/daemon.ts';
import { listeningSockets } from './harness/listening-sockets.ts';
import { mountsBelow } from './harness/mounts.ts';
import { killAndWait, pidsWithEnvironment, processInfo, signalIfAlive } from './harness/processes.ts';
import { parseWatchAll, program } from './harness/programs.ts';
import { unable } from './harness/requirements.ts';
import { output, run } from './harness/run.ts';
import { serverAtWork, serverPid } from './harness/server-at-work.ts';
import { uniqueName } from './harness/unique-name.ts';
import { until } from './harness/wait.ts';

const MIB = 1024 * 1024;
const STORM_MARK = 'LXCFS_E2E_STORM';
const STORM_PAUSE_MILLIS = 5;
/** What the processes of a daemon call themselves, once they are past the first moments of sh and node. */
const NAMES = new Set(['lxcfs', 'lxcfs-server']);

t.setTimeout(180_000);

t.test('SIGUSR1 all the time, to both processes', { skip: unable('mounts') }, async (t) => {
  const storm = startStorm();
  t.teardown(() => storm.stop());
  const daemon = await startDaemon(t, ['--log-format=json'], { env: { [STORM_MARK]: storm.mark } });
  const container = await startContainer(t, { memoryBytes: 128 * MIB });
  const reader = container.start(t, program('watch-all', daemon.mountPoint, 'fresh', 60, 128 * 1024));
  await until(
    'three reloads',
    () => ((daemon.log().match(/"reloaded"/g)?.length ?? 0) > 2 ? true : undefined),
    60_000,
  );
  const killed = await until('a server', () => serverAtWork(daemon));
  killAndWait([killed]);
  await until('a new server', () => (serverAtWork(daemon) === undefined ? undefined : true), 60_000);
  reader.send('end');
  const { failed, torn, back, total } = parseWatchAll(await reader.nextLine());
  t.same(
    [failed, torn, back, total].flatMap(({ first }) => first),
    [],
    'no read noticed',
  );
  signalIfAlive(daemon.pid, 'SIGTERM');
  t.equal(await daemon.ended(), 0, 'it ends in good order');
  await until('the end of all processes', () => (daemon.pids().length === 0 ? true : undefined), 10_000);
  storm.stop();
  t.ok(storm.sent > 100, `${storm.sent} signals were sent`);
  t.ok(storm.most >= 3, 'also to a server that is being loaded');
  t.same(storm.listening, [], 'no debugger port was open at any moment');
});

t.test('SIGUSR2 shows everybody the host, also under /sys', { skip: unable('mounts') }, async (t) => {
  t.ok(availableParallelism() > 1, 'there are CPUs to tell the views apart by');
  let daemon = await startDaemon(t, ['--log-format=json']);
  const container = await startContainer(t, { memoryBytes: 128 * MIB, cpus: '0' });
  const shown = async (): Promise<string> => {
    const cpus = daemon.path('sys/devices/system/cpu');
    const script = `head -1 ${daemon.path('proc/meminfo')}; cat ${cpus}/online; ls ${cpus} | grep -c '^cpu[0-9]'`;
    return container.output(['sh', '-c', script]);
  };
  const own = /^MemTotal: +131072 kB\n0\n1\n$/;
  const host = await output(['sh', '-c', 'head -1 /proc/meminfo; cat /sys/devices/system/cpu/online']);
  const isHost = async (why: string): Promise<void> => {
    await until(why, async () => ((await shown()).startsWith(host) ? true : undefined), 20_000);
    t.pass(why);
  };
  t.match(await shown(), own);
  signalIfAlive(daemon.pid, 'SIGUSR2');
  await isHost('the host is shown');
  killAndWait([await serverPid(daemon)]);
  await isHost('by the next server, too');
  killAndWait([daemon.pid]);
  daemon = await startDaemon(t, ['--log-format=json'], { place: daemon });
  await until('ready', () => (daemon.log().includes('"ready"') ? true : undefined), 20_000);
  await isHost('and after adoption');
  signalIfAlive(daemon.pid, 'SIGUSR2');
  await until('the own view', async () => (own.test(await shown()) ? true : undefined), 20_000);
});

const ENDS: readonly (readonly [how: string, end: (daemon: Daemon) => unknown])[] = [
  ['SIGTERM', ({ pid }) => signalIfAlive(pid, 'SIGTERM')],
  ['SIGTERM during a reload', ({ pid }) => (signalIfAlive(pid, 'SIGUSR1'), signalIfAlive(pid, 'SIGTERM'))],
  ['umount -l', ({ mountPoint }) => output(['umount', '-l', mountPoint])],
  ['umount -f', ({ mountPoint }) => run(['umount', '-f', mountPoint])],
  ['an abort through fusectl', ({ mountPoint }) => abortConnection(mountPoint)],
];

for (const [how, end] of ENDS) {
  t.test(`${how} while a container has files bound and open`, { skip: unable('mounts') }, async (t) => {
    const daemon = await startDaemon(t, ['--log-format=json']);
    const container = await startContainer(t, { memoryBytes: 128 * MIB }, { bound: daemon });
    const kept = container.start(t, program('keep-open', '/proc/meminfo'));
    await kept.nextLine();
    await end(daemon);
    if (how === 'umount -l' || how === 'umount -f') {
      // The container's own mounts are served on: it is not the mount point that they need.
      await output(['sleep', '0.5']);
      signalIfAlive(daemon.pid, 'SIGTERM');
    }
    t.equal(await daemon.ended(), 0);
    t.same(mountsBelow(daemon.mountPoint), [], 'no mount is left');
    await until('the end of all processes', () => (daemon.pids().length === 0 ? true : undefined), 10_000);
    const { status, stderr } = await container.run(['cat', '/proc/meminfo']);
    t.match([status, stderr], [1, /not connected|abort/], 'the container is told, nothing hangs');
    const next = await startDaemon(t, [], { place: daemon });
    t.match(await output(['cat', next.path('proc/uptime')]), /^\d/, 'the next start is not hindered');
  });
}

/** Ends a FUSE connection as an administrator can who knows its number: that of the device. */
async function abortConnection(mountPoint: string): Promise<void> {
  const [mount] = mountsBelow(mountPoint);
  if (mount === undefined) throw new Error(`nothing is mounted at ${mountPoint}`);
  const script = 'mount -t fusectl none /sys/fs/fuse/connections; echo 1 >/sys/fs/fuse/connections/$1/abort';
  const device = await output(['sh', '-c', `grep ' ${mountPoint} ' /proc/self/mountinfo | cut -d ' ' -f 3`]);
  const number = device.trim().split(':')[1] ?? '';
  const unshare = ['--mount', '--propagation', 'private', 'sh', '-ec', script, 'sh', number];
  await output(['unshare', ...unshare]);
}

/** Sends SIGUSR1 to all processes with a mark in their environment, and looks for sockets that they listen on. */
function startStorm() {
  const mark = uniqueName();
  const storm = { mark, sent: 0, most: 0, listening: [] as string[], stop: () => clearInterval(timer) };
  const timer = setInterval(() => {
    let hit = 0;
    for (const pid of pidsWithEnvironment(STORM_MARK, mark)) {
      storm.listening.push(...listeningSockets(pid));
      if (!NAMES.has(processInfo(pid)?.name ?? '')) continue;
      signalIfAlive(pid, 'SIGUSR1');
      hit += 1;
    }
    storm.sent += hit;
    storm.most = Math.max(storm.most, hit);
  }, STORM_PAUSE_MILLIS);
  return storm;
}
