import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { makeCgroup } from '../test/e2e/harness/cgroup.ts';
import { atEnd, type Scope } from '../test/e2e/harness/cleanup.ts';
import { isAlive, signalIfAlive } from '../test/e2e/harness/processes.ts';
import { temporaryDirectory } from '../test/e2e/harness/temporary-directory.ts';
import { untilSync } from '../test/e2e/harness/wait.ts';
import { compile, type Reading } from './reader.ts';

/** Many containers, each with a cgroup, a pid namespace, and as many processes as asked for. */
export interface Population {
  /** Has each container read each file once a second for so long, or once at all where `seconds` is 0. */
  read(seconds: number, files: readonly string[]): Promise<Omit<Reading, 'seconds' | 'at'>>;
}

const MEMORY_LIMIT_BYTES = 64 * 1024 * 1024;
const LIMIT_MILLIS = 300_000;

/** Needs a C compiler: a thousand processes of anything else would be too many for this machine. */
export async function startPopulation(
  scope: Scope,
  { containers, tasks }: { readonly containers: number; readonly tasks: number },
): Promise<Population> {
  const [program] = await compile(temporaryDirectory(scope), 'population');
  const parent = makeCgroup(scope);
  parent.delegate();
  const home = parent.child(scope, 'home');
  const cgroups = Array.from({ length: containers }, (_, index) => {
    const cgroup = parent.child(scope, `container-${index}`);
    cgroup.limit({ memoryBytes: MEMORY_LIMIT_BYTES });
    return cgroup;
  });
  const child = spawn(program, [String(containers), String(tasks)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const { pid = 0 } = child;
  atEnd(scope, () => {
    signalIfAlive(pid, 'SIGKILL'); // with it the inits end, and with those the other processes
    untilSync(() => !isAlive(pid), 5000);
  });
  const lines = createInterface({ input: child.stdout });
  const ask = async (text: string, limitMillis: number): Promise<string> => {
    const answer = once(lines, 'line', { signal: AbortSignal.timeout(limitMillis) });
    child.stdin.write(`${text}\n`);
    const [line]: string[] = await answer;
    return line ?? '';
  };
  await ask([...cgroups, home].map(({ procsFiles }) => procsFiles.join(' ')).join('\n'), LIMIT_MILLIS);
  return {
    read: async (seconds, files) =>
      JSON.parse(await ask(`${seconds} ${files.join(' ')}`, LIMIT_MILLIS + seconds * 1000)),
  };
}
