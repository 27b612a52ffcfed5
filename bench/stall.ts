import { setTimeout as sleep } from 'node:timers/promises';
import type { Container } from '../test/e2e/harness/container.ts';
import { serverPid } from '../test/e2e/harness/daemon.ts';
import type { Command } from '../test/e2e/harness/run.ts';
import { type Peer } from './peer.ts';
import { measure } from './reader.ts';

/** The longest time in milliseconds that a reader waited while something happened to the daemon. */
export interface Stall {
  readonly event: 'reload' | 'crash of the server' | 'nothing';
  readonly longestMillis: number;
  readonly failed: number;
}

const READ_MILLIS = 2500;
const EVENT_AFTER_MILLIS = 1000;

/** Reads meminfo all the time while the daemon is told to reload, or its server is killed. */
export async function stall(
  event: Stall['event'],
  peer: Peer,
  container: Container,
  reader: Command,
): Promise<Stall> {
  const what = { mode: 'open', file: peer.daemon.path('proc/meminfo'), millis: READ_MILLIS } as const;
  const reading = measure(container, reader, what);
  await sleep(EVENT_AFTER_MILLIS);
  if (event === 'reload') process.kill(peer.daemon.pid, 'SIGUSR1');
  if (event === 'crash of the server') process.kill(await serverPid(peer.daemon), 'SIGKILL');
  const { max, failed } = await reading;
  return { event, longestMillis: max / 1000, failed };
}
