import { readSync, writeSync } from 'node:fs';
import { readFileReading } from './file-reading.ts';
import { type Home, insideNamespace, openHome } from './home.ts';
import type { Job, JobResult } from './job.ts';
import { remountNamespace, umountNamespace } from './namespace-jobs.ts';

/**
 * An agent: says that it is ready, takes jobs from stdin, one line of JSON each, and answers each by a line on stdout. All
 * of it is synchronous, so that the one thread can visit other mount namespaces, and nothing is loaded while it is there.
 */
function serve(): void {
  const home = openHome();
  writeSync(1, 'ready\n');
  for (const line of linesOf(0)) {
    // The other end is AgentProcess, from the same build.
    const job: Job = JSON.parse(line);
    writeSync(1, `${JSON.stringify(attempt(home, job))}\n`);
  }
}

function attempt(home: Home, job: Job): JobResult {
  try {
    return perform(home, job);
  } catch (error) {
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

function perform(home: Home, job: Job): JobResult {
  switch (job.kind) {
    case 'remount': {
      const report = remountNamespace(home, job.member, job.lxcfs);
      return report === undefined ? { kind: 'gone' } : { kind: 'report', report };
    }
    case 'umount': {
      const report = umountNamespace(home, job.member);
      return report === undefined ? { kind: 'gone' } : { kind: 'report', report };
    }
    case 'read': {
      const readAll = (rootFd: number) => job.paths.map((path) => readFileReading(home.procFd, rootFd, path));
      const readings = job.member ? insideNamespace(home, job.member, readAll) : readAll(home.rootFd);
      return readings === undefined ? { kind: 'gone' } : { kind: 'readings', readings };
    }
  }
}

function* linesOf(fd: number): Generator<string> {
  const buffer = Buffer.alloc(64 * 1024);
  let rest = '';
  for (;;) {
    const length = readSync(fd, buffer);
    if (length === 0) return;
    const lines = (rest + buffer.toString('utf8', 0, length)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

serve();
