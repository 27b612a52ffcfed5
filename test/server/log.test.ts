import t from 'tap';
import { describe, RateLimit } from '../../src/server/log.ts';

t.test('a failure that comes thousands of times is one record', async (t) => {
  const records: unknown[][] = [];
  const limited = new RateLimit((...record) => records.push(record));
  for (let count = 0; count < 5000; count++) limited.warn('cannot render proc/stat', 'why');
  limited.warn('cannot render proc/meminfo', 'why');
  t.same(records, [
    ['warn', 'cannot render proc/stat', { error: 'why', times: 1 }],
    ['warn', 'cannot render proc/meminfo', { error: 'why', times: 1 }],
  ]);
});

t.test('an error is described with its causes', async (t) => {
  const error = new Error('outer', { cause: new Error('inner') });
  t.match(describe(error), /Error: outer\n.*\ncaused by Error: inner\n/s);
  t.equal(describe('text'), 'text');
});
