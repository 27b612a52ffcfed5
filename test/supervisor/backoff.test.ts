import t from 'tap';
import { waitBeforeRestart } from '../../src/supervisor/backoff.ts';

const NOW = 100_000;
const ago = (count: number, millis: number): number[] => Array.from({ length: count }, () => NOW - millis);

t.test('servers that die now and then are replaced at once', async (t) => {
  t.equal(waitBeforeRestart([], NOW), 0);
  t.equal(waitBeforeRestart(ago(9, 100), NOW), 0);
  t.equal(waitBeforeRestart(ago(1000, 10_000), NOW), 0, 'long ago does not count');
});

t.test('again and again means waiting, longer each time, up to a limit', async (t) => {
  t.equal(waitBeforeRestart(ago(10, 100), NOW), 50);
  t.equal(waitBeforeRestart(ago(11, 100), NOW), 100);
  t.equal(waitBeforeRestart(ago(14, 100), NOW), 800);
  t.equal(waitBeforeRestart(ago(50, 100), NOW), 5000);
});
