import { availableParallelism } from 'node:os';
import type { Container } from '../test/e2e/harness/container.ts';
import type { Bench } from './compare.ts';
import { type Peer, pin } from './peer.ts';
import { measure } from './reader.ts';
import { median } from './usage.ts';

/** The files that measurements of scale are about. */
export const SIX_FILES = ['meminfo', 'cpuinfo', 'stat', 'uptime', 'loadavg', 'diskstats'].map(
  (name) => `proc/${name}`,
);

/**
 * Microseconds that open, read and close take in a container that goes on reading, with everything on one CPU: with several, it
 * is chance which of them wakes up for what, and a read takes up to twice as long.
 */
export async function steady(peer: Peer, container: Container, file: string, bench: Bench): Promise<number> {
  const { reader, millis, rounds } = bench;
  const task = { mode: 'open', what: peer.daemon.path(file), millis, cpu: '0' } as const;
  await pin(peer, '0');
  const times: number[] = [];
  while (times.length < rounds) times.push((await measure(container, reader, task)).p50);
  await pin(peer, `0-${availableParallelism() - 1}`);
  return median(times);
}
