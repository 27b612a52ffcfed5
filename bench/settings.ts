import { availableParallelism } from 'node:os';
import type { Container } from '../test/e2e/harness/container.ts';
import { type Peer, pin } from './peer.ts';
import { measure, type Mode, type Reader, type Reading } from './reader.ts';
import { cpuMicros, sum } from './usage.ts';

/** One way to measure. */
export interface Setting {
  readonly name: string;
  readonly mode: Mode;
  /** Daemon and readers share one CPU. */
  readonly oneCpu: boolean;
  readonly readers: number;
}

/** All ways to read a file, with so many readers in the crowd. */
export function fileSettings(crowd: number): Setting[] {
  return [
    { name: 'one-cpu', mode: 'open', oneCpu: true, readers: 1 },
    { name: 'free', mode: 'open', oneCpu: false, readers: 1 },
    { name: 'crowd', mode: 'open', oneCpu: false, readers: crowd },
    { name: 'pread', mode: 'pread', oneCpu: true, readers: 1 },
  ];
}

/** One measurement of one peer. Times are in microseconds per operation. */
export interface Sample {
  readonly p50: number;
  readonly p99: number;
  readonly operationsPerSecond: number;
  readonly daemonCpu: number;
  readonly failed: number;
}

/** Measures once, with a reader in each of the containers. `what` is a path or a command line. */
export async function sample(
  { oneCpu, mode }: Setting,
  peer: Peer,
  containers: readonly Container[],
  what: string,
  { reader, millis }: { readonly reader: Reader; readonly millis: number },
): Promise<Sample> {
  await pin(peer, oneCpu ? '0' : `0-${availableParallelism() - 1}`);
  const task = { mode, what, millis, ...(oneCpu && { cpu: '0' }) };
  const pids = peer.daemon.pids();
  const cpuBefore = cpuMicros(pids);
  const readings = await Promise.all(containers.map((container) => measure(container, reader, task)));
  const cpu = cpuMicros(pids) - cpuBefore;
  return summary(readings, cpu);
}

function summary(readings: readonly Reading[], cpu: number): Sample {
  const count = sum(readings.map((reading) => reading.count));
  return {
    p50: sum(readings.map((reading) => reading.p50 * reading.count)) / count,
    p99: Math.max(...readings.map((reading) => reading.p99)),
    operationsPerSecond: sum(readings.map((reading) => reading.count / reading.seconds)),
    daemonCpu: cpu / count,
    failed: sum(readings.map((reading) => reading.failed)),
  };
}
