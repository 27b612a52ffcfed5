import { withScope } from '../test/e2e/harness/cleanup.ts';
import { startDaemon } from '../test/e2e/harness/daemon.ts';
import { join } from 'node:path';
import type { Figure } from './figure.ts';
import { FLOOR, OPTIONS, OURS, type Peer, placeInMemory } from './peer.ts';
import type { Reader, Reading } from './reader.ts';
import { output } from '../test/e2e/harness/run.ts';
import { median } from './usage.ts';

const REPETITIONS = 5;
const LIMIT_MILLIS = 10_000;

/** The time from the start of a program to the first answer to somebody who asks for a file all the time. */
export async function measureStarts(
  peers: readonly Peer[],
  programs: readonly string[],
  reader: Reader,
): Promise<Figure[]> {
  const names = peers.map(({ name }) => name).filter((name) => name !== OURS && name !== FLOOR);
  const figures: Figure[] = [];
  const measured = async (peer: string, program: string | undefined, most?: number): Promise<void> => {
    const times: number[] = [];
    while (times.length < REPETITIONS) times.push(await startMillis(program, reader));
    const aim = most === undefined ? {} : { most };
    figures.push({
      name: 'start to the first answered read',
      peer,
      value: median(times),
      unit: 'ms',
      ...aim,
    });
  };
  await measured(OURS, undefined, 400);
  for (const [index, name] of names.entries()) await measured(name, programs[index]);
  return figures;
}

function startMillis(program: string | undefined, reader: Reader): Promise<number> {
  return withScope(async (scope) => {
    const place = placeInMemory(scope);
    const file = join(place.mountPoint, 'proc/uptime');
    const asking = output([...reader('first'), String(LIMIT_MILLIS), file], {
      limitMillis: 2 * LIMIT_MILLIS,
    });
    const startedAt = Number(process.hrtime.bigint()) / 1e6;
    const options = program === undefined ? OPTIONS : ['-f', ...OPTIONS];
    await startDaemon(scope, options, { place, ...(program !== undefined && { peer: program }) });
    const { at }: Reading = JSON.parse(await asking);
    return at - startedAt;
  });
}
