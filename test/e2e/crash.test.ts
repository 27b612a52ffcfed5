import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { startContainer } from './harness/container.ts';
import { startDaemon } from './harness/daemon.ts';
import { logged } from './harness/logged.ts';
import { holders, serverPid } from './harness/server-at-work.ts';
import { repetitions } from './harness/pace.ts';
import { isAlive, signalIfAlive } from './harness/processes.ts';
import { parseReadMany, parseText, program } from './harness/programs.ts';
import { unable } from './harness/requirements.ts';
import { until } from './harness/wait.ts';

const MIB = 1024 * 1024;
const KILLS = 5;

t.test(
  'the server is killed during many reads, and not one of them fails',
  { skip: unable('mounts') },
  async (t) => {
    const daemon = await startDaemon(t);
    const container = await startContainer(t, { memoryBytes: 256 * MIB });
    const count = repetitions(10_000);
    const total = String.raw`^MemTotal:\s+(\d+) kB$`;
    const reader = container.start(t, program('read-many', daemon.path('proc/meminfo'), count, total));
    const kept = container.start(t, program('keep-open', daemon.path('proc/meminfo')));
    await kept.nextLine();
    const killed = new Set<number>();
    for (let kills = 0; kills < KILLS; kills += 1) {
      const pid = await serverPid(daemon);
      killed.add(pid);
      await sleep(150);
      signalIfAlive(pid, 'SIGKILL');
      await until('the end of the server', () => (isAlive(pid) ? undefined : true));
      kept.send('again');
      t.match(parseText(await kept.nextLine(20_000)), /^MemTotal: +262144 kB\n/);
    }
    t.equal(killed.size, KILLS, 'each time it was another server');
    const result = parseReadMany(await reader.nextLine(60_000));
    t.same(result, { seen: { 262144: count }, failed: 0, failures: [] });
    t.ok(isAlive(daemon.pid), 'the supervisor is the same all the time');
  },
);

t.test('a server that lives but does not answer is replaced', { skip: unable('mounts') }, async (t) => {
  const daemon = await startDaemon(t);
  const container = await startContainer(t, { memoryBytes: 256 * MIB });
  const kept = container.start(t, program('keep-open', daemon.path('proc/meminfo')));
  await kept.nextLine();
  const hung = await serverPid(daemon);
  signalIfAlive(hung, 'SIGSTOP');
  kept.send('again');
  t.match(parseText(await kept.nextLine(40_000)), /^MemTotal: +262144 kB\n/);
  t.not(await serverPid(daemon), hung);
});

t.test(
  'a server that dies during a reload is replaced by what is loaded for it',
  { skip: unable('mounts') },
  async (t) => {
    const daemon = await startDaemon(t, ['--log-format=json']);
    await logged(daemon, /"ready"/);
    const first = await serverPid(daemon);
    signalIfAlive(daemon.pid, 'SIGUSR1');
    await until('the next server', () => (holders(daemon).length > 3 ? true : undefined));
    signalIfAlive(first, 'SIGKILL');
    await logged(daemon, /"reloaded"/);
    const second = await serverPid(daemon);
    t.match(daemon.log(), new RegExp(`"server":${second},.*"server died, a new one serves"`));
    t.match(daemon.log(), new RegExp(`"server":${second},.*"reloaded"`));
    t.same(holders(daemon).length, 3, 'no other one was started');
  },
);
