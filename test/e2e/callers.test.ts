import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { detectCgroupLayout } from '../../src/cgroup/layout.ts';
import { makeCgroup } from './harness/cgroup.ts';
import { joining, startContainer } from './harness/container.ts';
import type { TestCgroup } from './harness/limits.ts';
import { repetitions } from './harness/pace.ts';
import { meminfoField } from './harness/proc-text.ts';
import { killAndWait } from './harness/processes.ts';
import { parseReadMany, program } from './harness/programs.ts';
import { unable } from './harness/requirements.ts';
import { output, run } from './harness/run.ts';
import { sharedDaemon } from './harness/shared-daemon.ts';

const MIB = 1024 * 1024;
const isV2 = detectCgroupLayout('').kind === 'v2';
const TOTAL = String.raw`^MemTotal:\s+(\d+) kB$`;

t.test('whose numbers a caller gets', { skip: unable('mounts') }, async (t) => {
  const daemon = await sharedDaemon();
  const meminfo = daemon.path('proc/meminfo');
  const container = await startContainer(t, { memoryBytes: 256 * MIB });

  const enter = ['nsenter', '-t', String(container.initPid), '--pid'] as const;

  t.test("a process in a nested cgroup of the container: the container's", async (t) => {
    const nested = container.cgroup.child(t, 'service');
    t.equal(total(await output(joining(nested, ...enter, 'cat', meminfo))), 262_144);
  });

  t.test('even if the nested cgroup has a limit of its own', async (t) => {
    const outer = makeCgroup(t, { memoryBytes: 192 * MIB });
    outer.delegate();
    // a v2 cgroup that has processes itself cannot limit those below it: inits leave it, as systemd does
    const { initPid } = await startContainer(t, {}, { cgroup: isV2 ? outer.child(t, 'init.scope') : outer });
    const limited = outer.child(t, 'limited');
    limited.limit({ memoryBytes: 64 * MIB });
    const read = joining(limited, 'nsenter', '-t', String(initPid), '--pid', 'cat', meminfo);
    t.equal(total(await output(read)), 196_608);
  });

  t.test(
    "a process of the container, with the init as its ancestor or without: the container's",
    async (t) => {
      t.equal(total(await container.output(['cat', meminfo])), 262_144);
      t.equal(total(await container.output(['sh', '-c', 'cat "$1" & wait', 'sh', meminfo])), 262_144);
    },
  );

  t.test("a process that entered the pid namespace but no cgroup: the container's", async (t) => {
    t.equal(total(await output([...enter, 'cat', meminfo])), 262_144);
  });

  t.test('also where it is the first that reads there, and its parent has ended', async (t) => {
    const { initPid } = await startContainer(t, { memoryBytes: 128 * MIB });
    const inside = ['nsenter', '-t', String(initPid), '--pid'] as const;
    t.equal(total(await output([...inside, 'cat', meminfo])), 131_072);
    const other = await startContainer(t, { memoryBytes: 64 * MIB });
    const orphan = ['nsenter', '-t', String(other.initPid), '--pid', 'sh', '-c', '(sleep 0.3; cat "$1") &'];
    t.equal(total(await output(['sh', '-c', '"$@"; sleep 1', 'sh', ...orphan, 'sh', meminfo])), 65_536);
  });

  t.test("a process in a pid namespace inside the container's: of that namespace's init", async (t) => {
    const inner = await startContainer(t, { memoryBytes: 64 * MIB }, { inside: container });
    t.equal(total(await inner.output(['cat', meminfo])), 65_536);
    t.equal(total(await container.output(['cat', meminfo])), 262_144);
  });

  t.test('containers of a pod that share a pid namespace: each its own', async (t) => {
    const pod = makeCgroup(t);
    pod.delegate();
    const [first, second] = [pod.child(t, 'first'), pod.child(t, 'second')];
    first.limit({ memoryBytes: 64 * MIB, cpus: '0' });
    second.limit({ memoryBytes: 96 * MIB, cpus: '1' });
    const { initPid } = await startContainer(t, {}, { cgroup: first });
    const online = daemon.path('sys/devices/system/cpu/online');
    const read = (cgroup: TestCgroup): Promise<string> =>
      output(joining(cgroup, 'nsenter', '-t', String(initPid), '--pid', 'cat', meminfo, online));
    for (const [cgroup, kb, cpus] of [
      [first, 65_536, '0'],
      [second, 98_304, '1'],
      [first, 65_536, '0'],
    ] as const) {
      const text = await read(cgroup);
      t.equal(total(text), kb);
      t.equal(text.trimEnd().split('\n').at(-1), cpus);
    }
  });

  t.test('a process in the namespace of the daemon: of its own cgroup', async (t) => {
    const cgroup = makeCgroup(t, { memoryBytes: 128 * MIB });
    t.equal(total(await output(joining(cgroup, 'cat', meminfo))), 131_072);
  });

  t.test("threads: the container's", async (t) => {
    const count = repetitions(500);
    const text = await container.output(program('read-many', meminfo, count, TOTAL, 8), {
      limitMillis: 60_000,
    });
    t.same(parseReadMany(text), { seen: { 262144: 8 * count }, failed: 0, failures: [] });
  });

  t.test('callers that are killed in the middle of a read do not disturb the others', async (t) => {
    const steady = container.start(t, program('read-many', meminfo, repetitions(4000), TOTAL));
    for (let round = 0; round < repetitions(20); round += 1) {
      const victims = Array.from({ length: 4 }, () =>
        container.start(t, program('read-many', meminfo, 1_000_000, TOTAL)),
      );
      await sleep(50 + round * 7); // somewhere in the middle of something
      for (const victim of victims) victim.kill();
    }
    const result = parseReadMany(await steady.nextLine(60_000));
    t.same(result, { seen: { 262144: repetitions(4000) }, failed: 0, failures: [] });
  });

  t.test('short-lived containers, one after the other, each get their own', async (t) => {
    for (const size of [40, 50, 60, 70, 80]) {
      const short = await startContainer(t, { memoryBytes: size * MIB });
      t.equal(total(await short.output(['cat', meminfo])), size * 1024);
      killAndWait([short.initPid]);
    }
  });

  t.test(
    'a reader whose init has died is dead itself: the next one of that cgroup gets an answer',
    async (t) => {
      const short = await startContainer(t, { memoryBytes: 90 * MIB });
      killAndWait([short.initPid]);
      const { status } = await run(['cat', meminfo]);
      t.equal(status, 0);
    },
  );
});

function total(meminfo: string): number {
  return meminfoField(meminfo, 'MemTotal');
}
