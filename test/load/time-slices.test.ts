import t from 'tap';
import { TimeSlices } from '../../src/load/time-slices.ts';

async function turnsDuring(slices: TimeSlices, pauses: number): Promise<number> {
  let turns = 0;
  const count = (): void => {
    turns++;
    pending = setImmediate(count);
  };
  let pending = setImmediate(count);
  for (let index = 0; index < pauses; index++) await slices.pause();
  clearImmediate(pending);
  return turns;
}

t.test('the event loop has a turn when a slice is used up, and not before', async (t) => {
  t.equal(await turnsDuring(new TimeSlices(60_000), 100), 0);
  t.ok((await turnsDuring(new TimeSlices(0), 100)) >= 99);
});
