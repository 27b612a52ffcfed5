import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { startBackground } from './harness/background.ts';
import type { Scope } from './harness/cleanup.ts';
import { type Container, startContainer } from './harness/container.ts';
import { ROUND, Round, contradictions, growingNumbers } from './harness/contradictions.ts';
import { type Daemon, startDaemon } from './harness/daemon.ts';
import { serverPid } from './harness/server-at-work.ts';
import { type TestDisk, makeDisk } from './harness/disk.ts';
import type { Limits } from './harness/limits.ts';
import { repetitions, slowness } from './harness/pace.ts';
import { signalIfAlive } from './harness/processes.ts';
import { parseTexts, program } from './harness/programs.ts';
import { unable } from './harness/requirements.ts';
import { ensureSwap } from './harness/swap.ts';

const MIB = 1024 * 1024;

/** Rounds of each of the four readers, who so read each file 10,000 times; LXCFS_E2E_ROUNDS for a longer search. */
const ROUNDS = Number(process.env['LXCFS_E2E_ROUNDS'] ?? repetitions(2500));

const CHANGES: readonly Limits[] = [
  { memoryBytes: 160 * MIB, swapBytes: 64 * MIB },
  { cpus: '0' },
  { quota: 0.6 },
  { cpus: '0-1' },
  { memoryBytes: 104 * MIB, swapBytes: 100 * MIB },
  { quota: 1.5 },
  { cpus: '1' },
  { memoryBytes: 256 * MIB, swapBytes: 32 * MIB },
  { quota: Infinity },
  { cpus: '0-1' },
  { quota: 0.8 },
];

t.setTimeout(120_000 + ROUNDS * 100 * slowness);

t.test(
  'no file of a busy container whose limits change says what cannot be',
  { skip: unable('mounts') },
  async (t) => {
    await ensureSwap(t, 256);
    const disk = await makeDisk(t, 8);
    const bytesPerSecond = 10_000_000_000;
    const container = await startContainer(t, { memoryBytes: 256 * MIB, disk: { ...disk, bytesPerSecond } });
    await keepBusy(t, container, disk);
    const daemons = [await startDaemon(t, ['-l']), await startDaemon(t, ['-l', '--enable-cfs'])];

    const course = { changes: 0, isReading: true };
    const check = async (daemon: Daemon): Promise<Checked> => {
      const shown = new Map<string, number>();
      const readers = [startReader(t, container, daemon), startReader(t, container, daemon)];
      const results = await Promise.all(
        readers.map((reader) => checkRounds(reader, shown, () => course.changes)),
      );
      return {
        complaints: results.flatMap(({ complaints }) => complaints),
        steady: results.reduce((sum, { steady }) => sum + steady, 0),
      };
    };
    const checking = Promise.all(daemons.map(check)).finally(() => (course.isReading = false));
    const disturbing = disturb(daemons, () => course.isReading);
    while (course.isReading) {
      container.cgroup.limit(CHANGES[course.changes++ % CHANGES.length] ?? {});
      await sleep(100 * slowness);
    }
    await disturbing;
    for (const { complaints, steady } of await checking) {
      t.same(complaints.slice(0, 20), [], `${complaints.length} complaints`);
      t.ok(steady > ROUNDS / 10, `of ${2 * ROUNDS} rounds ${steady} were steady`);
    }
    t.ok(course.changes > CHANGES.length, `${course.changes} changes`);
  },
);

interface Checked {
  readonly complaints: readonly string[];
  /** Rounds during which no limit was changed. */
  readonly steady: number;
}

type Reader = () => Promise<Round>;

function startReader(t: Scope, container: Container, daemon: Daemon): Reader {
  const files = ROUND.map((path) => daemon.path(path));
  // not in the cgroup, where it would have to wait for the quota
  const enter = ['nsenter', '-t', String(container.initPid), '--pid'] as const;
  const reader = startBackground(t, [...enter, ...program('read-all', ...files)]);
  const ready = reader.nextLine();
  return async () => {
    await ready;
    reader.send('again');
    return new Round(parseTexts(await reader.nextLine(30_000)));
  };
}

/** `shown` holds the highest numbers that any reader has got: none that asks after that may get less. */
async function checkRounds(
  read: Reader,
  shown: Map<string, number>,
  changes: () => number,
): Promise<Checked> {
  const complaints: string[] = [];
  let steady = 0;
  for (let count = 0; count < ROUNDS; count += 1) {
    const changesBefore = changes();
    const atLeast = new Map(shown);
    const round = await read();
    const isSteady = changes() === changesBefore;
    if (isSteady) steady += 1;
    complaints.push(...contradictions(round, isSteady));
    for (const [name, value] of growingNumbers(round)) {
      const least = atLeast.get(name) ?? 0;
      if (value < least) complaints.push(`${name} fell from ${least} to ${value}`);
      shown.set(name, Math.max(value, shown.get(name) ?? 0));
    }
  }
  return { complaints, steady };
}

/** Reloads the daemons, and kills their servers. */
async function disturb(daemons: readonly Daemon[], goesOn: () => boolean): Promise<void> {
  for (let count = 0; count < 6; count += 1) {
    await sleep(1500 * slowness);
    for (const daemon of daemons) {
      if (!goesOn()) return;
      if (count % 2 === 0) signalIfAlive(daemon.pid, 'SIGUSR1');
      else signalIfAlive(await serverPid(daemon), 'SIGKILL');
    }
  }
}

/** A burner, memory that comes and goes, page cache, and reads of a disk. */
async function keepBusy(t: Scope, container: Container, disk: TestDisk): Promise<void> {
  container.start(t, ['nice', 'sh', '-c', 'while :; do :; done']);
  const allocate = 'while True:\n  m = bytearray(24 << 20)\n  m[::4096] = b"1" * len(m[::4096])\n  del m';
  container.start(t, ['nice', '/usr/bin/python3', '-c', allocate]);
  const direct = `dd if=${disk.path} of=/dev/null bs=64k iflag=direct`;
  container.start(t, [
    'nice',
    'sh',
    '-c',
    `while :; do ${direct}; dd if=/dev/zero of=${disk.path} bs=64k count=64 conv=fsync; done 2>/dev/null`,
  ]);
  await container.start(t, program('use-memory', 32 * MIB)).nextLine(30_000);
}
