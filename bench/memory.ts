import type { Container } from '../test/e2e/harness/container.ts';
import { serverAtWork } from '../test/e2e/harness/server-at-work.ts';
import type { Bench } from './compare.ts';
import type { Figure } from './figure.ts';
import type { Peer } from './peer.ts';
import { measure } from './reader.ts';
import { SIX_FILES } from './steady.ts';
import { median, memoryMebibytes, sum } from './usage.ts';

const PARTS = 4;

/** Memory of all processes of a daemon after so many reads, and how much of that came in the second half of them. */
export async function measureMemory(
  peer: Peer,
  crowd: readonly Container[],
  reads: number,
  { reader, progress }: Bench,
): Promise<Figure[]> {
  // V8 lets garbage pile up and takes it away: what is meant is the middle of that, and the top of it is told as well.
  const quarters: number[][] = [];
  let done = 0;
  for (let part = 1; part <= PARTS; part++) {
    const mebibytes: number[] = [];
    quarters.push(mebibytes);
    while (done < (reads * part) / PARTS) {
      const file = SIX_FILES[Math.floor(done / 1000) % SIX_FILES.length] ?? '';
      const task = { mode: 'open', what: peer.daemon.path(file), millis: 1000 } as const;
      const readings = await Promise.all(crowd.map((container) => measure(container, reader, task)));
      done += sum(readings.map(({ count }) => count));
      mebibytes.push(memoryMebibytes(peer.daemon.pids()));
    }
    progress(`memory after ${done} reads: ${mebibytes.map((value) => value.toFixed(1)).join(' ')}`);
  }
  const half = median(quarters[PARTS / 2 - 1] ?? []);
  const end = median(quarters.at(-1) ?? []);
  const server = serverAtWork(peer.daemon);
  const all = `memory after ${done} reads, many containers`;
  return [
    { name: `${all}: all processes`, peer: peer.name, value: end, unit: 'MiB', most: 110 },
    {
      name: `${all}: all processes, without programs`,
      peer: peer.name,
      value: memoryMebibytes(peer.daemon.pids(), 'Pss_Anon'),
      unit: 'MiB',
    },
    {
      name: `${all}: all processes, at most`,
      peer: peer.name,
      value: Math.max(...quarters.flat()),
      unit: 'MiB',
    },
    { name: `${all}: more than half-way`, peer: peer.name, value: end - half, unit: 'MiB', most: 2 },
    {
      name: `${all}: the server`,
      peer: peer.name,
      value: server === undefined ? Number.NaN : memoryMebibytes([server]),
      unit: 'MiB',
    },
  ];
}
