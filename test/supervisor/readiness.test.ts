import { chmodSync, existsSync, readFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { notifyReady } from '../../src/supervisor/readiness.ts';

/** Puts a program of that name first in PATH for the time of the test. */
function program(t: Test, script: string): string {
  const directory = t.testdir({ 'systemd-notify': `#!/bin/sh\n${script}\n` });
  chmodSync(`${directory}/systemd-notify`, 0o755);
  const before = process.env['PATH'];
  process.env['PATH'] = `${directory}:${before}`;
  t.teardown(() => {
    process.env['PATH'] = before;
  });
  return directory;
}

t.test('nobody waits', async (t) => {
  const directory = program(t, 'touch "${0%/*}/called"');
  t.equal(await notifyReady(1, {}), undefined);
  t.notOk(existsSync(`${directory}/called`));
});

t.test('a service manager waits', async (t) => {
  const directory = program(t, 'echo "$@" > "${0%/*}/called"');
  t.equal(await notifyReady(4711, { NOTIFY_SOCKET: '/run/systemd/notify' }), undefined);
  t.equal(readFileSync(`${directory}/called`, 'latin1'), '--ready --pid=4711\n');
});

t.test('the message cannot be sent', async (t) => {
  program(t, 'echo no manager >&2; exit 1');
  t.equal(await notifyReady(1, { NOTIFY_SOCKET: '/x' }), 'systemd-notify: no manager');
});
