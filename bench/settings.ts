import { availableParallelism } from 'node:os';
import type { Container } from '../test/e2e/harness/container.ts';
import type { Command } from '../test/e2e/harness/run.ts';
import { type Peer, pin } from './peer.ts';
import { measure, type Mode, type Reading } from './reader.ts';
import { cpuMicros, sum } from './usage.ts';

/** One way to measure. */
export interface Setting {
  readonly name: string;
  readonly mode: Mode;
  /** Daemon and readers share one CPU. */
  readonly oneCpu: boolean;
  readonly readers: number;
}

/** All ways to measure, with so many readers in the crowd. */
export function settings(crowd: number): Setting[] {
  return [
    { name: 'one CPU', mode: 'open', oneCpu: true, readers: 1 },
    { name: 'free', mode: 'open', oneCpu: false, readers: 1 },
    { name: 'crowd', mode: 'open', oneCpu: false, readers: crowd },
    { name: 'pread', mode: 'pread', oneCpu: true, readers: 1 },
  ];
}

/** One measurement of one file of one peer. Times are in microseconds per operation. */
export interface Sample {
  readonly p50: number;
  readonly p99: number;
  readonly operationsPerSecond: number;
  readonly daemonCpu: number;
  readonly failed: number;
}

/** Measures once. The containers must be at least as many as the setting's readers. */
export async function sample(
  setting: Setting,
  peer: Peer,
  bench: { readonly containers: readonly Container[]; readonly reader: Command; readonly millis: number },
  file: string,
): Promise<Sample> {
  const { oneCpu, mode, readers } = setting;
  await pin(peer, oneCpu ? '0' : `0-${availableParallelism() - 1}`);
  const what = { mode, file: peer.daemon.path(file), millis: bench.millis, ...(oneCpu && { cpu: '0' }) };
  const pids = peer.daemon.pids();
  const cpuBefore = cpuMicros(pids);
  const readings = await Promise.all(
    bench.containers.slice(0, readers).map((container) => measure(container, bench.reader, what)),
  );
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
