import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { closeDescriptor, pidfdGetfd, pidfdOpen } from '../../src/native/pidfd.ts';

const root = process.getuid?.() === 0;

t.test("takes a running process's open file", { skip: root ? false : 'needs root' }, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'pidfd-'));
  const path = join(directory, 'file');
  writeFileSync(path, 'held by the other process');
  const held = openSync(path, 'r');
  const other = spawn('sleep', ['60'], { stdio: ['ignore', 'ignore', 'ignore', held] });
  t.teardown(() => {
    other.kill('SIGKILL');
    rmSync(directory, { recursive: true });
  });
  closeSync(held);

  const pidfd = pidfdOpen(other.pid ?? 0);
  const copy = pidfdGetfd(pidfd, 3);
  const buffer = Buffer.alloc(64);
  t.equal(buffer.toString('latin1', 0, readSync(copy, buffer, 0, 64, 0)), 'held by the other process');
  t.throws(() => pidfdGetfd(pidfd, 99), { code: 'EBADF', syscall: 'pidfd_getfd' });

  const ended = new Promise((resolve) => other.once('exit', resolve));
  other.kill('SIGKILL');
  await ended;
  t.throws(() => pidfdGetfd(pidfd, 3), { code: 'ESRCH' }, 'the dead process is not mistaken for another');
  closeDescriptor(copy);
  closeDescriptor(pidfd);
});

t.test('a pid that nobody has', async (t) => {
  t.throws(() => pidfdOpen(2 ** 22 + 1), { name: 'SystemCallError', code: 'ESRCH', syscall: 'pidfd_open' });
});
