import { chmodSync, closeSync, constants, openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { lxcfsProgram, startDaemon } from './harness/daemon.ts';
import { killAndWait, signalIfAlive } from './harness/processes.ts';
import { unable } from './harness/requirements.ts';
import { output } from './harness/run.ts';
import { serverAtWork, serverPid } from './harness/server-at-work.ts';
import { temporaryDirectory } from './harness/temporary-directory.ts';
import { until } from './harness/wait.ts';

t.setTimeout(120_000);

for (const options of [['--log-format=json'], ['-d', '--log-format=pretty']]) {
  t.test(`a log that nobody reads: ${options.join(' ')}`, { skip: unable('mounts') }, async (t) => {
    const directory = temporaryDirectory(t);
    const fifo = join(directory, 'fifo');
    await output(['mkfifo', fifo]);
    const pipe = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
    t.teardown(() => closeSync(pipe));
    fill(pipe);
    // The daemon's standard error is the full pipe, in the mode that it has by default: writes to it block.
    const program = join(directory, 'lxcfs');
    writeFileSync(program, `#!/bin/sh\nexec ${lxcfsProgram} "$@" 2>${fifo}\n`);
    chmodSync(program, 0o755);

    const daemon = await startDaemon(t, options, { program });
    const uptime = (): Promise<string> => output(['cat', daemon.path('proc/uptime')]);
    t.match(await uptime(), /^\d/, 'it starts, and answers');
    const first = await serverPid(daemon);
    signalIfAlive(daemon.pid, 'SIGUSR1');
    const reloaded = await until('another server', () => other(serverAtWork(daemon), first), 20_000);
    t.match(await uptime(), /^\d/, 'after a reload, too');
    killAndWait([reloaded]);
    const third = await until('a third server', () => other(serverAtWork(daemon), reloaded), 20_000);
    t.match(await uptime(), /^\d/, 'and after a crash');
    t.ok(third);

    drain(pipe);
    signalIfAlive(daemon.pid, 'SIGHUP');
    let text = '';
    await until('the note', () => (/dropped/.test((text += drain(pipe))) ? true : undefined));
    await until('the record', () => (/SIGHUP/.test((text += drain(pipe))) ? true : undefined));
    t.equal(text.match(/log records were dropped/g)?.length, 1, 'what was lost is told once');

    fill(pipe);
    signalIfAlive(daemon.pid, 'SIGTERM');
    t.equal(await daemon.ended(), 0, 'it ends in good order');
    await until('the end of all', () => (daemon.pids().length === 0 ? true : undefined));
  });
}

function other(pid: number | undefined, than: number): number | undefined {
  return pid === than ? undefined : pid;
}

function fill(pipe: number): void {
  const chunk = Buffer.alloc(4096, 'x');
  while (attempt(() => writeSync(pipe, chunk)) > 0);
}

function drain(pipe: number): string {
  const chunk = Buffer.alloc(1 << 20);
  return chunk.toString(
    'latin1',
    0,
    attempt(() => readSync(pipe, chunk)),
  );
}

/** Number of bytes, 0 where it would have to wait. */
function attempt(transfer: () => number): number {
  try {
    return transfer();
  } catch {
    return 0;
  }
}
