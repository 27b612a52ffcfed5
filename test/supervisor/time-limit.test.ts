import t from 'tap';
import { withTimeLimit } from '../../src/supervisor/time-limit.ts';

t.test('in time, too late, failed', async (t) => {
  t.equal(await withTimeLimit(Promise.resolve('in time'), 10_000, 'late'), 'in time');
  t.equal(await withTimeLimit(new Promise(() => undefined), 5, 'late'), 'late');
  await t.rejects(withTimeLimit(Promise.reject(new Error('failed')), 10_000, 'late'), { message: 'failed' });
});
