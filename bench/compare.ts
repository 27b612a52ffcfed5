import type { Container } from '../test/e2e/harness/container.ts';
import { FLOOR, hasFile, type Peer } from './peer.ts';
import { measure, type Mode, type Reader } from './reader.ts';
import { fileSettings, type Sample, sample, type Setting } from './settings.ts';
import { median } from './usage.ts';

/** What one peer came to with one file or program in one setting: medians of all rounds. */
export interface Result extends Sample {
  readonly setting: string;
  readonly subject: string;
  readonly peer: string;
}

/** What measurements are made with. */
export interface Bench {
  readonly reader: Reader;
  readonly millis: number;
  readonly rounds: number;
  readonly progress: (text: string) => void;
}

/** Measures each file in each of the named settings. A peer that does not have a file is left out there. */
export async function compareFiles(
  peers: readonly Peer[],
  containers: readonly Container[],
  files: readonly string[],
  settings: readonly string[],
  bench: Bench,
): Promise<Result[]> {
  const results: Result[] = [];
  const wanted = fileSettings(containers.length).filter(({ name }) => settings.includes(name));
  if (wanted.length > 0) await warmUp(peers, containers, files, bench);
  for (const setting of wanted) {
    const readers = containers.slice(0, setting.readers);
    for (const file of files) {
      const contestants: Contestant[] = [];
      for (const peer of peers) {
        if (await hasFile(peer, file))
          contestants.push({ peer, containers: readers, what: peer.daemon.path(file) });
      }
      results.push(...(await compare(setting, file, contestants, bench)));
    }
  }
  return results;
}

/** A daemon serves for weeks: what counts is how it does so once everything is in its caches, and compiled. */
async function warmUp(
  peers: readonly Peer[],
  containers: readonly Container[],
  files: readonly string[],
  { reader, progress }: Bench,
): Promise<void> {
  for (const peer of peers) {
    for (const file of files) {
      if (!(await hasFile(peer, file))) continue;
      const task = { mode: 'open', what: peer.daemon.path(file), millis: WARM_UP_MILLIS } as const;
      await Promise.all(containers.map((container) => measure(container, reader, task)));
    }
  }
  progress('warm-up');
}

const WARM_UP_MILLIS = 400;

/** Whole programs that read the files over their own, in containers of each peer; the floor's text tells them nothing. */
export async function comparePrograms(
  peers: readonly Peer[],
  containerOf: (peer: Peer) => Promise<Container>,
  bench: Bench,
): Promise<Result[]> {
  const contestants: Omit<Contestant, 'what'>[] = [];
  for (const peer of peers) {
    if (peer.name !== FLOOR) contestants.push({ peer, containers: [await containerOf(peer)] });
  }
  const results: Result[] = [];
  for (const [program, mode] of PROGRAMS) {
    const setting = { name: 'programs', mode, oneCpu: false, readers: 1 };
    const turns = contestants.map(({ peer, containers }) => ({ peer, containers, what: program }));
    results.push(...(await compare(setting, program, turns, bench)));
  }
  return results;
}

const PROGRAMS: readonly (readonly [string, Mode])[] = [
  ['top -b -n1', 'run'],
  ['free', 'run'],
  ['vmstat', 'run'],
  ['os.cpus()', 'cpus'],
];

interface Contestant {
  readonly peer: Peer;
  /** One for each reader. */
  readonly containers: readonly Container[];
  /** The subject as this peer's readers name it. */
  readonly what: string;
}

/** Measures one subject in one setting, the peers taking turns in each round. */
async function compare(
  setting: Setting,
  subject: string,
  contestants: readonly Contestant[],
  bench: Bench,
): Promise<Result[]> {
  const samples = new Map<Contestant, Sample[]>(contestants.map((one) => [one, []]));
  for (let round = 0; round < bench.rounds; round += 1) {
    for (const [{ peer, containers, what }, list] of samples)
      list.push(await sample(setting, peer, containers, what, bench));
  }
  bench.progress(`${setting.name} ${subject}`);
  return [...samples].map(([{ peer }, list]) => {
    const middle = (pick: (one: Sample) => number): number => median(list.map(pick));
    return {
      setting: setting.name,
      subject,
      peer: peer.name,
      p50: middle((one) => one.p50),
      p99: middle((one) => one.p99),
      operationsPerSecond: middle((one) => one.operationsPerSecond),
      daemonCpu: middle((one) => one.daemonCpu),
      failed: list.reduce((total, one) => total + one.failed, 0),
    };
  });
}
