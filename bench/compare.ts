import type { Container } from '../test/e2e/harness/container.ts';
import type { Command } from '../test/e2e/harness/run.ts';
import type { Peer } from './peer.ts';
import { type Sample, sample, type Setting } from './settings.ts';
import { median } from './usage.ts';

/** What one peer came to with one file in one setting: medians of all rounds. */
export interface Result extends Sample {
  readonly setting: string;
  readonly file: string;
  readonly peer: string;
}

/** What measurements are made with. */
export interface Bench {
  readonly containers: readonly Container[];
  readonly reader: Command;
  readonly millis: number;
  readonly rounds: number;
}

/** Measures one file in one setting, the peers taking turns in each round. */
export async function compare(
  setting: Setting,
  file: string,
  peers: readonly Peer[],
  bench: Bench,
): Promise<Result[]> {
  const samples = new Map<Peer, Sample[]>(peers.map((peer) => [peer, []]));
  for (let round = 0; round < bench.rounds; round += 1) {
    for (const [peer, list] of samples) list.push(await sample(setting, peer, bench, file));
  }
  return [...samples].map(([peer, list]) => {
    const middle = (pick: (one: Sample) => number): number => median(list.map(pick));
    return {
      setting: setting.name,
      file,
      peer: peer.name,
      p50: middle((one) => one.p50),
      p99: middle((one) => one.p99),
      operationsPerSecond: middle((one) => one.operationsPerSecond),
      daemonCpu: middle((one) => one.daemonCpu),
      failed: list.reduce((total, one) => total + one.failed, 0),
    };
  });
}
