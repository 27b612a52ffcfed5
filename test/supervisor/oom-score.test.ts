import { readFileSync } from 'node:fs';
import t from 'tap';
import { avoidOomKiller } from '../../src/supervisor/oom-score.ts';

t.test('asked for only where nobody has set a value', async (t) => {
  const directory = t.testdir({ fresh: '0\n', set: '-250\n' });
  t.equal(avoidOomKiller(`${directory}/fresh`), -1000);
  t.equal(readFileSync(`${directory}/fresh`, 'latin1'), '-1000');
  t.equal(avoidOomKiller(`${directory}/set`), -250);
  t.equal(readFileSync(`${directory}/set`, 'latin1'), '-250\n');
});

t.test('a refusal is shrugged off', async (t) => {
  t.equal(avoidOomKiller('/proc/self/wchan'), 0, 'reads as 0, and cannot be written by root either');
});
