import t from 'tap';
import { waitBeforeRestart } from '../../src/supervisor/backoff.ts';

const NOW = 1_000_000;
const justNow = (count: number): number[] => Array.from({ length: count }, (_, index) => NOW - index);

for (const [earlier, waitMillis, why] of [
  [[], 0, 'the first death'],
  [justNow(2), 0, 'the third'],
  [justNow(3), 50, 'too many'],
  [justNow(5), 200, 'each wait is twice the one before'],
  [justNow(50), 5_000, 'up to a limit'],
  [[...justNow(2), NOW - 60_000, NOW - 60_001], 0, 'long ago'],
] as const) {
  t.test(why, async (t) => {
    t.equal(waitBeforeRestart(earlier, NOW), waitMillis);
  });
}
