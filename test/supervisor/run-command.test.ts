import t from 'tap';
import { runCommand } from '../../src/supervisor/run-command.ts';

t.test('how commands end', async (t) => {
  t.same(await runCommand('true', [], 5_000), { kind: 'exited', status: 0, stderr: '' });
  t.same(await runCommand('sh', ['-c', 'echo "why $LC_ALL" >&2; exit 3'], 5_000), {
    kind: 'exited',
    status: 3,
    stderr: 'why C',
  });
  t.same(await runCommand('sh', ['-c', 'kill -9 $$'], 5_000), { kind: 'exited', status: -1, stderr: '' });
  t.same(await runCommand('no-such-command', [], 5_000), { kind: 'not-run', errno: 'ENOENT' });
});

t.test('one that does not end is left behind', async (t) => {
  const startMillis = Date.now();
  t.same(await runCommand('sleep', ['30'], 100), { kind: 'timed-out' });
  t.ok(Date.now() - startMillis < 5_000);
});
