import { withScope } from '../test/e2e/harness/cleanup.ts';
import { makeCgroup } from '../test/e2e/harness/cgroup.ts';
import { joining, startContainer } from '../test/e2e/harness/container.ts';
import { type Command, output } from '../test/e2e/harness/run.ts';
import type { Bench } from './compare.ts';
import type { Peer } from './peer.ts';
import type { Reading } from './reader.ts';
import { median } from './usage.ts';

const REPETITIONS = 20;

/** Microseconds that the first read takes in a pid namespace of which the daemon knows nothing yet. */
export interface FirstReads {
  /** By its init. */
  readonly ofInit: number;
  /** By a process that was put into the namespace and its cgroup, as an engine's exec does. */
  readonly ofInjected: number;
  /** By a process that joined the namespace alone. */
  readonly ofStranger: number;
}

export async function firstReads(peer: Peer, { reader }: Bench): Promise<FirstReads> {
  const read: Command = [...reader('first'), '5000', peer.daemon.path('proc/meminfo')];
  return withScope(async (scope) => {
    const parent = makeCgroup(scope);
    parent.delegate();
    let count = 0;
    const inNewContainer = (asked: 'whole' | 'namespace'): Promise<number> =>
      withScope(async (inner) => {
        const cgroup = parent.child(inner, `container-${count++}`);
        const container = await startContainer(inner, {}, { cgroup });
        const alone: Command = ['nsenter', '-t', String(container.initPid), '--pid', ...read];
        return micros(asked === 'whole' ? container.output(read) : output(alone));
      });
    const asInit = (): Promise<number> =>
      withScope(async (inner) => {
        const cgroup = parent.child(inner, `container-${count++}`);
        return micros(output(joining(cgroup, 'unshare', '--pid', '--fork', '--kill-child', ...read)));
      });
    return {
      ofInit: await medianOf(asInit),
      ofInjected: await medianOf(() => inNewContainer('whole')),
      ofStranger: await medianOf(() => inNewContainer('namespace')),
    };
  });
}

async function medianOf(once: () => Promise<number>): Promise<number> {
  const times: number[] = [];
  while (times.length < REPETITIONS) times.push(await once());
  return median(times);
}

async function micros(said: Promise<string>): Promise<number> {
  const { p50 }: Reading = JSON.parse(await said);
  return p50;
}
