import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { startBackground } from './harness/background.ts';
import { type Container, startContainer } from './harness/container.ts';
import { type Daemon, startDaemon } from './harness/daemon.ts';
import { killAndWait, signalIfAlive } from './harness/processes.ts';
import { logged } from './harness/logged.ts';
import { copyOfProgram, renderer } from './harness/program-copy.ts';
import { parseText, parseWatchAll, program } from './harness/programs.ts';
import { unable } from './harness/requirements.ts';
import { output } from './harness/run.ts';
import { serverAtWork, serverPid } from './harness/server-at-work.ts';
import { temporaryDirectory } from './harness/temporary-directory.ts';
import { until } from './harness/wait.ts';

const MIB = 1024 * 1024;
const LIMIT_MILLIS = 60_000;

t.setTimeout(180_000);

/** Ways to break code that is on disk: of a file below dist, what becomes of its text. */
const BREAKAGES: readonly (readonly [
  kind: string,
  file: string,
  broken: (text: string) => string | undefined,
])[] = [
  ['a syntax error', 'views/proc/meminfo.js', (text) => `${text}\n}`],
  ['a missing file', 'views/proc/stat.js', () => undefined],
  ['a renderer that throws', 'views/proc/swaps.js', () => renderer('swaps', 'throw new Error("broken")')],
  ['a renderer of nonsense', 'views/proc/uptime.js', () => renderer('uptime', 'return `${0 / 0} 1.00\\n`')],
  ['a server that hangs while it is loaded', 'server/assemble.js', (text) => `${text}\nfor (;;);`],
];

t.test('reloads of broken code', { skip: unable('mounts') }, async (t) => {
  const copy = copyOfProgram(t);
  const daemon = await startDaemon(t, ['--log-format=json'], { program: copy.program });
  const container = await startContainer(t, { memoryBytes: 128 * MIB });
  const reader = container.start(t, program('watch-all', daemon.mountPoint, 'kept', 600, 128 * 1024));
  await logged(daemon, /"ready"/, 1);
  for (const [index, [kind, file, broken]] of BREAKAGES.entries()) {
    t.test(kind, async (t) => {
      const server = serverAtWork(daemon);
      const mend = copy.damage(file, broken);
      signalIfAlive(daemon.pid, 'SIGUSR1');
      await logged(daemon, /the old server stays/, index + 1);
      t.equal(serverAtWork(daemon), server, 'the old server stays');
      t.match(await meminfo(container, daemon), /^MemTotal: +131072 kB\n/);
      mend();
      signalIfAlive(daemon.pid, 'SIGUSR1');
      await logged(daemon, /"reloaded"/, index + 1);
      t.not(serverAtWork(daemon), server, 'the next good one is taken');
    });
  }
  t.test('who read all the time', async (t) => {
    reader.send('end');
    const { failed, torn, back, total } = parseWatchAll(await reader.nextLine());
    t.same(
      [failed, torn, back, total].flatMap(({ first }) => first),
      [],
    );
  });
});

t.test('servers that die at once after their start', { skip: unable('mounts') }, async (t) => {
  const copy = copyOfProgram(t);
  const daemon = await startDaemon(t, ['--log-format=json'], { program: copy.program });
  const container = await startContainer(t, { memoryBytes: 128 * MIB });
  await logged(daemon, /"ready"/, 1);
  const reader = container.start(t, program('watch-all', daemon.mountPoint, 'fresh', 600, 128 * 1024));
  const mend = copy.damage(
    'server/main.js',
    (text) => `${text}\nprocess.on('message', ({ kind }) => kind === 'serve' && process.exit(7));`,
  );
  signalIfAlive(daemon.pid, 'SIGUSR1');
  await logged(daemon, /servers die again and again/, 4);
  t.match(await meminfo(container, daemon), /^MemTotal: +\d+ kB\n/, 'the file is shown nevertheless');
  mend();
  signalIfAlive(daemon.pid, 'SIGUSR1');
  await logged(daemon, /"reloaded"/, 2);
  t.match(await meminfo(container, daemon), /^MemTotal: +131072 kB\n/, 'healed by a reload');
  reader.send('end');
  const { reads, failed, torn, total, slowest } = parseWatchAll(await reader.nextLine());
  t.comment({ reads, failed: failed.count, torn: torn.count, hostValues: total.count, slowest });
  t.same(
    [failed, torn].flatMap(({ first }) => first),
    [],
    'no read failed',
  );
  t.ok(total.count > 0, 'host values were shown meanwhile');
});

t.test('the end while no server can be had, and files are open', { skip: unable('mounts') }, async (t) => {
  const copy = copyOfProgram(t);
  const daemon = await startDaemon(t, ['--log-format=json'], { program: copy.program });
  await logged(daemon, /"ready"/, 1);
  const kept = startBackground(t, program('keep-open', daemon.path('proc/meminfo')));
  await kept.nextLine();
  copy.damage('views/proc/stat.js', () => undefined);
  killAndWait([await serverPid(daemon)]);
  await logged(daemon, /cannot be loaded/, 1);
  kept.send('again');
  t.match(parseText(await kept.nextLine()), /^MemTotal: /, 'the host is shown');
  signalIfAlive(daemon.pid, 'SIGTERM');
  t.equal(await daemon.ended(), 0);
});

t.test('a file whose rendering ends the thread shows the host', { skip: unable('mounts') }, async (t) => {
  const copy = copyOfProgram(t);
  const inContainer = 'if (container.initPid !== undefined) process.exit(9)';
  copy.damage('views/proc/swaps.js', () => renderer('swaps', `${inContainer}; return "Filename\\n"`));
  const daemon = await startDaemon(t, ['--log-format=json'], { program: copy.program });
  const container = await startContainer(t, { memoryBytes: 128 * MIB });
  const swaps = await container.output(['cat', daemon.path('proc/swaps')], { limitMillis: LIMIT_MILLIS });
  t.equal(devices(swaps), devices(readFileSync('/proc/swaps', 'utf8')));
  await until('the own view', async () => {
    return /^MemTotal: +131072 kB\n/.test(await meminfo(container, daemon)) ? true : undefined;
  });
});

t.test('a kernel file that blocks holds up its own readers alone', { skip: unable('mounts') }, async (t) => {
  const { daemon, container, release } = await startBlocking(t);
  const server = await serverPid(daemon);
  const stuck = [1, 2, 3].map(() => container.start(t, ['cat', daemon.path('proc/swaps')]));
  await logged(daemon, /held up/);
  t.match(await meminfo(container, daemon), /^MemTotal: +131072 kB\n/, 'others are answered');
  t.match(daemon.log(), /proc\/swaps, for \d+ ms/, 'the file is named');
  release();
  for (const one of stuck) t.equal(await one.ended(20_000), 0, 'who waited gets an answer');
  t.equal(await serverPid(daemon), server, 'the server is the same');
});

t.test(
  'threads of newer code do not help out: a server of it comes',
  { skip: unable('mounts') },
  async (t) => {
    const { copy, daemon, container, release } = await startBlocking(t);
    copy.damage('views/proc/uptime.js', (text) => `${text}\n`);
    const stuck = [1, 2].map(() => container.start(t, ['cat', daemon.path('proc/swaps')]));
    await logged(daemon, /"reloaded"/, 1);
    t.match(daemon.log(), /the code on disk has changed/);
    release();
    for (const one of stuck) t.equal(await one.ended(20_000), 0, 'who waited gets an answer');
    t.match(await meminfo(container, daemon), /^MemTotal: +131072 kB\n/);
  },
);

/** A daemon with two threads that block where a container asks for swaps, until they are released; and a container. */
async function startBlocking(t: Test) {
  const fifo = join(temporaryDirectory(t), 'fifo');
  await output(['mkfifo', fifo]);
  const copy = copyOfProgram(t);
  const blocking = `if (container.initPid !== undefined) return readFileSync(${JSON.stringify(fifo)}, 'latin1')`;
  copy.damage(
    'views/proc/swaps.js',
    () =>
      `import { readFileSync } from 'node:fs';\n${renderer('swaps', `${blocking}; return "Filename\\n"`)}`,
  );
  const daemon = await startDaemon(t, ['--log-format=json', '--threads=2'], { program: copy.program });
  const container = await startContainer(t, { memoryBytes: 128 * MIB });
  await meminfo(container, daemon);
  const release = (): void => {
    // A writer that comes and goes is the end of the file for whoever waits in it.
    const timer = setInterval(() => openAndClose(fifo), 50);
    t.teardown(() => clearInterval(timer));
  };
  return { copy, daemon, container, release };
}

t.test(
  'a start that finds broken code leaves the mount to the orphan',
  { skip: unable('mounts') },
  async (t) => {
    const copy = copyOfProgram(t);
    const first = await startDaemon(t, ['--log-format=json'], { program: copy.program });
    await logged(first, /"ready"/, 1);
    signalIfAlive(first.pid, 'SIGKILL');
    await first.ended();
    const mend = copy.damage('views/proc/stat.js', () => undefined);
    const second = await startDaemon(t, ['--log-format=json'], { program: copy.program, place: first });
    t.equal(await second.ended(), 1);
    t.match(second.log(), /no server can be started/);
    const container = await startContainer(t, { memoryBytes: 128 * MIB });
    t.match(await meminfo(container, first), /^MemTotal: +131072 kB\n/, 'the orphan goes on');
    mend();
    const third = await startDaemon(t, ['--log-format=json'], { program: copy.program, place: first });
    await logged(third, /"ready"/, 1);
    t.match(await meminfo(container, third), /^MemTotal: +131072 kB\n/);
  },
);

function openAndClose(fifo: string): void {
  try {
    closeSync(openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK));
  } catch {
    // ENXIO: nobody waits
  }
}

/** The text of /proc/swaps without how much is used, which others change at any moment. */
function devices(swaps: string): string {
  return swaps.replace(/\d+\s+(-?\d+)$/gm, '$1');
}

function meminfo(container: Container, daemon: Daemon): Promise<string> {
  return container.output(['cat', daemon.path('proc/meminfo')], { limitMillis: 20_000 });
}
