import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readSync } from 'node:fs';
import t from 'tap';
import { LogOutput } from '../../src/server/log-output.ts';

const O_RDWR_NONBLOCK = 0o4002;

t.test('a pipe that nobody reads, and that flows again', async (t) => {
  const path = `${t.testdir()}/pipe`;
  spawnSync('mkfifo', [path]);
  // Opened for both, it can be filled without a reader.
  const fd = openSync(path, O_RDWR_NONBLOCK);
  t.teardown(() => closeSync(fd));
  const output = new LogOutput({ fd, unblock: () => undefined }, (dropped) => `dropped ${dropped}\n`);
  const startedAt = performance.now();
  for (let number = 1; number <= 1_000; number += 1) output.write(record(number));
  t.ok(performance.now() - startedAt < 1_000, 'nothing waits for a reader that does not read');
  const first = drained(fd);
  output.write('next\n');
  const second = drained(fd);
  const lines = (first + second).split('\n').slice(0, -1);
  t.same(lines.slice(-2), [`dropped ${1_000 - (lines.length - 2)}`, 'next'], 'the loss is told once');
  t.same(
    lines.slice(0, -2),
    lines.slice(0, -2).map((_, index) => record(index + 1).trimEnd()),
    'records before it are whole',
  );
  output.write('one more\n');
  t.equal(drained(fd), 'one more\n');
});

t.test('a reader that has gone is no error', async (t) => {
  const path = `${t.testdir()}/pipe`;
  spawnSync('mkfifo', [path]);
  const both = openSync(path, O_RDWR_NONBLOCK);
  const fd = openSync(path, 'w');
  closeSync(both);
  t.teardown(() => closeSync(fd));
  const output = new LogOutput({ fd, unblock: () => undefined }, () => 'dropped\n');
  t.doesNotThrow(() => output.write('lost\n'));
});

function record(number: number): string {
  return `${number} ${'x'.repeat(5_000)}\n`;
}

/** All that is in a pipe. */
function drained(fd: number): string {
  const chunk = Buffer.alloc(64 * 1024);
  let text = '';
  for (;;) {
    try {
      text += chunk.toString('latin1', 0, readSync(fd, chunk));
    } catch {
      return text; // EAGAIN: it is empty
    }
  }
}
