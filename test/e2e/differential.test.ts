import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { detectCgroupLayout } from '../../src/cgroup/layout.ts';
import { type Container, startContainer } from './harness/container.ts';
import type { Scope } from './harness/cleanup.ts';
import { type Daemon, startDaemon } from './harness/daemon.ts';
import { makeDisk } from './harness/disk.ts';
import { FIELDS_OF, type Fields } from './harness/fields.ts';
import { parseTexts, program } from './harness/programs.ts';
import { unable } from './harness/requirements.ts';
import { ensureSwap } from './harness/swap.ts';
import { temporaryDirectory } from './harness/temporary-directory.ts';
import { startWorker } from './harness/work.ts';

const MIB = 1024 * 1024;
const PEER = '/usr/bin/lxcfs';
const isV2 = detectCgroupLayout('').kind === 'v2';

/** Why a field may differ from the C implementation's: everything else is the same. */
const DIFFERENCES: readonly (readonly [RegExp, string])[] = [
  [/^meminfo (SwapCached)$/, 'theirs 0; ours the counter of the cgroup'],
  [/^meminfo AnonPages$/, 'theirs adds what is in the swap cache, and shared memory'],
  [/^meminfo (Mlocked|KernelStack|PageTables|SecPageTables|Percpu|VmallocUsed)$/, "theirs the host's use"],
  [/^meminfo (Bounce|NFS_Unstable|WritebackTmp|Balloon|KReclaimable)$/, "theirs the host's use"],
  [/^meminfo (FileHugePages|FilePmdMapped|ShmemPmdMapped)$/, "theirs the host's use"],
  [/^meminfo (CommitLimit|Committed_AS)$/, "theirs the host's, above all memory that the container has"],
  [/^meminfo DirectMap/, "theirs the host's, above all memory that the container has"],
  [/^stat idle of cpu/, "theirs the host's idle time; ours what is left of the age of the container"],
  [/^stat procs_(running|blocked)$/, "theirs the host's"],
  [/^uptime idle$/, 'theirs counts one CPU, ours all of them as stat does'],
  [/^loadavg last pid$/, 'theirs as the host numbers it, ours as the container does'],
  [
    /^cpuinfo (siblings|physical id|core id|cpu cores) of/,
    "theirs the host's topology; ours that of the visible CPUs",
  ],
];

/** Without -l loadavg is the host's in both, and never the same for long. */
const NOT_LOADAVG = Object.keys(FIELDS_OF).filter((name) => name !== 'loadavg');

/** By how much a field may differ, since it moves between two reads. */
const TOLERANCES: readonly (readonly [RegExp, number])[] = [
  [/^meminfo (?!.*Total$)/, 1024],
  [/^swaps Used/, 1024],
  [/^uptime age$/, 0.05],
  [/^stat (user|system) of/, 2], // theirs rounds down each CPU's, ours their sum
  [/^loadavg \d+ minute/, 0.35], // each decays at a time of its own, every 5 s
];

t.setTimeout(180_000);

t.test(
  'side by side with the C implementation',
  { skip: unable('mounts', 'lxcfs') || (isV2 && 'it shows little on v2') },
  async (t) => {
    await ensureSwap(t, 256);
    const disk = await makeDisk(t, 16);

    t.test('a container with work to do', async (t) => {
      const [ours, theirs] = await startBoth(t, ['-l']);
      const container = await startContainer(t, { memoryBytes: 128 * MIB, swapBytes: 128 * MIB });
      const compare = await startComparison(t, container, ours, theirs);
      await compare(); // from now on both sample the load
      for (let count = 0; count < 2; count += 1)
        container.start(t, ['nice', 'sh', '-c', 'while :; do :; done']);
      const worker = await startWorker(t, container);
      await worker.use(130 * MIB);
      await worker.write(`${temporaryDirectory(t)}/file`, 30 * MIB);
      await container.output(['dd', `if=${disk.path}`, 'of=/dev/null', 'bs=1M', 'iflag=direct']);
      await sleep(11_000); // two steps of the load
      const { compared, differences, fields } = await compare();
      t.same(differences, []);
      t.ok(compared > 60, `${compared} fields compared`);
      // nothing would be proved by numbers that are 0
      for (const name of [
        'meminfo Cached',
        'meminfo AnonPages',
        'swaps Used of 0',
        'stat user of cpu',
        'loadavg 1 minute',
      ])
        t.ok(Number(fields.get(name)) > 0.1, `${name} is ${fields.get(name)}`);
    });

    t.test('an idle container on one CPU', async (t) => {
      const [ours, theirs] = await startBoth(t, []);
      const container = await startContainer(t, { memoryBytes: 64 * MIB, cpus: '1' });
      const { differences } = await (await startComparison(t, container, ours, theirs, NOT_LOADAVG))();
      t.same(differences, []);
    });

    t.test('a quota of one CPU, with --enable-cfs', async (t) => {
      const [ours, theirs] = await startBoth(t, ['--enable-cfs']);
      const container = await startContainer(t, { memoryBytes: 64 * MIB, quota: 1 });
      const { differences } = await (await startComparison(t, container, ours, theirs, NOT_LOADAVG))();
      t.same(differences, []);
    });
  },
);

async function startBoth(t: Scope, options: readonly string[]): Promise<[Daemon, Daemon]> {
  return [await startDaemon(t, options), await startDaemon(t, ['-f', ...options], { peer: PEER })];
}

interface Comparison {
  readonly compared: number;
  readonly differences: readonly string[];
  /** Ours. */
  readonly fields: Fields;
}

/** Starts a reader in the container that reads all files of ours, theirs, and ours again: theirs must be in between. */
async function startComparison(
  t: Scope,
  container: Container,
  ours: Daemon,
  theirs: Daemon,
  names: readonly string[] = Object.keys(FIELDS_OF),
): Promise<() => Promise<Comparison>> {
  const paths = [ours, theirs, ours].flatMap((daemon) => names.map((name) => daemon.path(pathOf(name))));
  const reader = container.start(t, program('read-all', ...paths));
  await reader.nextLine();
  return async () => {
    reader.send('again');
    const texts = parseTexts(await reader.nextLine());
    const [before, their, after] = [0, 1, 2].map((round) =>
      allFields(names, texts.slice(round * names.length)),
    );
    const empty: Fields = new Map();
    return differencesOf(before ?? empty, their ?? empty, after ?? empty);
  };
}

function pathOf(name: string): string {
  return name === 'online' ? 'sys/devices/system/cpu/online' : `proc/${name}`;
}

function allFields(names: readonly string[], texts: readonly string[]): Fields {
  const fields = names.map((name, index) =>
    [...(FIELDS_OF[name]?.(texts[index] ?? '') ?? [])].map(
      ([field, value]) => [`${name} ${field}`, value] as const,
    ),
  );
  return new Map(fields.flat());
}

function differencesOf(before: Fields, theirs: Fields, after: Fields): Comparison {
  const names = [...new Set([...after.keys(), ...theirs.keys()])].filter(
    (name) => !DIFFERENCES.some(([pattern]) => pattern.test(name)),
  );
  const differences = names.flatMap((name) => {
    const [first, their, last] = [before.get(name), theirs.get(name), after.get(name)];
    return isBetween(first, their, last, toleranceOf(name))
      ? []
      : [`${name}: ours ${first} and ${last}, theirs ${their}`];
  });
  return { compared: names.length, differences, fields: after };
}

function toleranceOf(name: string): number {
  return TOLERANCES.find(([pattern]) => pattern.test(name))?.[1] ?? 0;
}

type Value = number | string | undefined;

function isBetween(first: Value, middle: Value, last: Value, tolerance: number): boolean {
  if (typeof first !== 'number' || typeof middle !== 'number' || typeof last !== 'number')
    return middle === first || middle === last;
  return middle >= Math.min(first, last) - tolerance && middle <= Math.max(first, last) + tolerance;
}
