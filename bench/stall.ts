import { setTimeout as sleep } from 'node:timers/promises';
import type { Container } from '../test/e2e/harness/container.ts';
import { serverAtWork } from '../test/e2e/harness/server-at-work.ts';
import type { Figure } from './figure.ts';
import type { Peer } from './peer.ts';
import { measure, type Reader } from './reader.ts';
import { median } from './usage.ts';

const READ_MILLIS = 2500;
const EVENT_AFTER_MILLIS = 1000;
const REPETITIONS = 3;

/** The longest time that a reader of meminfo waited while something happened to the daemon; only ours survives it. */
export async function measureStalls(peer: Peer, container: Container, reader: Reader): Promise<Figure[]> {
  const events: [string, () => void, number?][] = [
    ['nothing', () => undefined],
    ['reload', () => process.kill(peer.daemon.pid, 'SIGUSR1'), 50],
    ['crash of the server', () => process.kill(serverAtWork(peer.daemon) ?? 0, 'SIGKILL'), 300],
  ];
  const figures: Figure[] = [];
  for (const [event, happen, most] of events) {
    const longest: number[] = [];
    let failed = 0;
    while (longest.length < REPETITIONS) {
      const task = { mode: 'open', what: peer.daemon.path('proc/meminfo'), millis: READ_MILLIS } as const;
      const reading = measure(container, reader, task);
      await sleep(EVENT_AFTER_MILLIS);
      happen();
      const result = await reading;
      longest.push(result.max / 1000);
      failed += result.failed;
    }
    const aim = most === undefined ? {} : { most };
    figures.push(
      { name: `longest read, ${event}`, peer: peer.name, value: median(longest), unit: 'ms', ...aim },
      { name: `failed reads, ${event}`, peer: peer.name, value: failed, unit: '', most: 0 },
    );
  }
  return figures;
}
