import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { makeCgroup } from './harness/cgroup.ts';
import { joining, startContainer } from './harness/container.ts';
import { type Daemon, startDaemon } from './harness/daemon.ts';
import { signalIfAlive } from './harness/processes.ts';
import { program } from './harness/programs.ts';
import { unable } from './harness/requirements.ts';
import { output } from './harness/run.ts';
import { descriptors, keeperPid, mountStateDirectory, serverPid } from './harness/server-at-work.ts';
import { until } from './harness/wait.ts';

/** The first part warms the daemon up, the second must not make it grow. LXCFS_E2E_LEAKS multiplies both. */
const MANY = Number(process.env['LXCFS_E2E_LEAKS'] ?? '1');
const CONTAINERS = 120 * MANY;
const READS = 20_000 * MANY;
const RELOADS = 8 * MANY;
const MIB = 1024 * 1024;
const WARM_UPS = 4;
/** Of the dozen that a container takes, those of the last ones stay until their room is needed. */
const DESCRIPTORS_PER_CONTAINER = 4;
const MOST_GROWTH_BYTES = 10 * MIB;

t.setTimeout(120_000 * MANY);

t.test('containers that come and go, and many reads', { skip: unable('mounts') }, async (t) => {
  const daemon = await startDaemon(t, ['-l']);
  const container = await startContainer(t, { memoryBytes: 128 * MIB });
  const work = async (): Promise<void> => {
    await comeAndGo(daemon, CONTAINERS / 2);
    const pattern = String.raw`^MemTotal:\s+(\d+) kB$`;
    const command = program('read-many', daemon.path('proc/meminfo'), READS / 4, pattern, 2);
    await container.output(command, { limitMillis: 60_000 * MANY });
  };
  // V8 lets a heap grow for a while before it looks what of it is still of use.
  for (let warmUp = 0; warmUp < WARM_UPS; warmUp += 1) await work();
  const before = await usage(daemon);
  await work();
  const after = await usage(daemon);
  t.comment({ before, after });
  t.ok(after.serverBytes - before.serverBytes < MOST_GROWTH_BYTES, 'memory of the server');
  t.ok(after.supervisorBytes - before.supervisorBytes < MOST_GROWTH_BYTES, 'memory of the supervisor');
  const moreDescriptors = after.serverDescriptors - before.serverDescriptors;
  t.ok(moreDescriptors < (CONTAINERS / 2) * DESCRIPTORS_PER_CONTAINER, 'descriptors of the server');
  t.equal(after.supervisorDescriptors, before.supervisorDescriptors, 'descriptors of the supervisor');
  t.equal(after.threads, before.threads, 'threads of the server');
  t.ok(after.stateBytes - before.stateBytes < MIB * MANY, 'the runtime directory');
});

t.test('reloads', { skip: unable('mounts') }, async (t) => {
  const daemon = await startDaemon(t, ['--log-format=json']);
  await reload(daemon, 1);
  const before = await usage(daemon);
  for (let count = 2; count <= RELOADS; count += 1) await reload(daemon, count);
  const after = await usage(daemon);
  t.comment({ before, after });
  t.equal(after.supervisorDescriptors, before.supervisorDescriptors, 'descriptors of the supervisor');
  t.equal(after.serverDescriptors, before.serverDescriptors, 'descriptors of the server');
  t.equal(after.threads, before.threads, 'threads of the server');
  t.ok(after.supervisorBytes - before.supervisorBytes < MOST_GROWTH_BYTES, 'memory of the supervisor');
  t.equal(after.stateFiles, before.stateFiles, 'files in the runtime directory');
  await keeperPid(daemon);
  t.equal(daemon.pids().length, 3, 'no server is left over');
});

/** Has containers read all the files once, and end, one after the other, in a cgroup that goes with them. */
async function comeAndGo(daemon: Daemon, count: number): Promise<void> {
  const undo: (() => void)[] = [];
  for (let done = 0; done < count; done += 1) {
    const cgroup = makeCgroup({ teardown: (one) => undo.push(one) }, { memoryBytes: 64 * MIB });
    const unshare = ['unshare', '--pid', '--fork', '--kill-child'];
    const read = [
      'sh',
      '-c',
      'cat "$1"/proc/[cdlmpsu]* "$1"/sys/devices/system/cpu/online >/dev/null 2>&1; :',
    ];
    await output(joining(cgroup, ...unshare, ...read, 'sh', daemon.mountPoint));
    for (const one of undo.splice(0).toReversed()) one();
  }
}

async function reload(daemon: Daemon, count: number): Promise<void> {
  signalIfAlive(daemon.pid, 'SIGUSR1');
  const done = (): true | undefined => {
    return (daemon.log().match(/"reloaded"/g)?.length ?? 0) >= count ? true : undefined;
  };
  await until(`reload ${count}`, done, 30_000);
}

async function usage(daemon: Daemon) {
  const server = await serverPid(daemon);
  const state = filesBelow(mountStateDirectory(daemon));
  return {
    serverBytes: residentBytes(server),
    supervisorBytes: residentBytes(daemon.pid),
    serverDescriptors: descriptors(server).length,
    supervisorDescriptors: descriptors(daemon.pid).length,
    threads: readdirSync(`/proc/${server}/task`).length,
    stateFiles: state.length,
    stateBytes: state.reduce((sum, path) => sum + statSync(path).blocks * 512, 0),
  };
}

/** What a process has in memory of its own: `RssAnon:     51234 kB`. */
function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
