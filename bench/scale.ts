import { withScope } from '../test/e2e/harness/cleanup.ts';
import type { Container } from '../test/e2e/harness/container.ts';
import type { Bench } from './compare.ts';
import type { Figure } from './figure.ts';
import { type FirstReads, firstReads } from './first-read.ts';
import { measureMemory } from './memory.ts';
import { OURS, type Peer } from './peer.ts';
import { type Population, startPopulation } from './population.ts';
import { measure } from './reader.ts';
import { SIX_FILES, steady } from './steady.ts';
import { cpuMicros } from './usage.ts';

const CONTAINERS = 1000;
const TASKS_OF_EACH = 5;
const SECONDS = 10;

/** What many containers and processes cost: the readers among them, and the daemon. */
export async function measureScale(
  peers: readonly Peer[],
  container: Container,
  reads: number,
  crowd: readonly Container[],
  bench: Bench,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  const few = new Map<Peer, Measured>();
  for (const peer of peers) {
    await measureOne(peer, container, bench); // what is measured first is slower: the daemon has not been asked much yet
    few.set(peer, await measureOne(peer, container, bench));
  }
  bench.progress('one container');
  await withScope(async (scope) => {
    const population = await startPopulation(scope, { containers: CONTAINERS, tasks: TASKS_OF_EACH });
    bench.progress(`${CONTAINERS} containers start`);
    for (const peer of peers) {
      await population.read(0, paths(peer));
      figures.push(...grown(peer, few.get(peer), await measureOne(peer, container, bench)));
      figures.push(...(await measureEverySecond(peer, population)));
      bench.progress(`${CONTAINERS} containers: ${peer.name}`);
    }
    const ours = peers.find(({ name }) => name === OURS);
    if (ours !== undefined) {
      figures.push(...(await measureSampling(ours, container, bench)));
      figures.push(...(await measureMemory(ours, crowd, reads, bench)));
    }
  });
  return figures;
}

interface Measured extends FirstReads {
  readonly steady: ReadonlyMap<string, number>;
}

async function measureOne(peer: Peer, container: Container, bench: Bench): Promise<Measured> {
  const medians = new Map<string, number>();
  for (const file of SIX_FILES) medians.set(file, await steady(peer, container, file, bench));
  return { steady: medians, ...(await firstReads(peer, bench)) };
}

function grown({ name: peer }: Peer, few: Measured | undefined, many: Measured): Figure[] {
  const among = `among ${CONTAINERS} containers of ${TASKS_OF_EACH} processes`;
  const first = (by: string, micros: number, most?: number): Figure => ({
    name: `first read by ${by}, ${among}`,
    peer,
    value: micros / 1000,
    unit: 'ms',
    ...(most !== undefined && { most }),
  });
  return [
    ...[...many.steady].map(([file, micros]) => ({
      name: `${file} ${among}, by alone`,
      peer,
      value: micros / (few?.steady.get(file) ?? Number.NaN),
      unit: 'x',
      most: 1.2,
    })),
    first('a new init', many.ofInit, 1.5),
    first('a process put into a new container', many.ofInjected, 1.5),
    first('a stranger in a new pid namespace', many.ofStranger),
  ];
}

/** Each container reads six files once a second. */
async function measureEverySecond(peer: Peer, population: Population): Promise<Figure[]> {
  const pids = peer.daemon.pids();
  const before = cpuMicros(pids);
  const { p99, max, failed } = await population.read(SECONDS, paths(peer));
  const cpuMillis = (cpuMicros(pids) - before) / 1000 / SECONDS;
  const all = `${CONTAINERS} containers read 6 files a second`;
  return [
    { name: `${all}: CPU time of the daemon a second`, peer: peer.name, value: cpuMillis, unit: 'ms' },
    { name: `${all}: p99`, peer: peer.name, value: p99 / 1000, unit: 'ms' },
    { name: `${all}: longest read`, peer: peer.name, value: max / 1000, unit: 'ms' },
    { name: `${all}: failed`, peer: peer.name, value: failed, unit: '', most: 0 },
  ];
}

/** The load of all containers was read, so that all are sampled now. */
async function measureSampling(peer: Peer, container: Container, { reader }: Bench): Promise<Figure[]> {
  const { pid } = peer.daemon;
  const before = cpuMicros([pid]);
  const task = { mode: 'open', what: peer.daemon.path('proc/loadavg'), millis: 2 * SECONDS * 1000 } as const;
  const { max } = await measure(container, reader, task);
  const percent = (cpuMicros([pid]) - before) / 1e4 / (2 * SECONDS);
  const all = `load of ${CONTAINERS} containers sampled`;
  return [
    { name: `${all}: CPU time of the supervisor`, peer: peer.name, value: percent, unit: '%', most: 10 },
    { name: `${all}: longest read`, peer: peer.name, value: max / 1000, unit: 'ms', most: 50 },
  ];
}

function paths({ daemon }: Peer): string[] {
  return SIX_FILES.map((file) => daemon.path(file));
}
