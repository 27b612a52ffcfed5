/** What runs inside the virtual machine where systemd is the first process: lxcfs as a service, from installation to its end. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { mountsBelow } from '../harness/mounts.ts';
import { PROGRAMS_INSIDE } from '../harness/oci-bundle.ts';
import { type OciContainer, startOciContainer } from '../harness/oci-container.ts';
import { meminfoField } from '../harness/proc-text.ts';
import { allProcesses, processInfo, signalIfAlive } from '../harness/processes.ts';
import { parseWatchAll, programIn, type WatchAll } from '../harness/programs.ts';
import { repositoryPath } from '../harness/repository.ts';
import { output, run } from '../harness/run.ts';
import { serverAtWork } from '../harness/server-at-work.ts';
import { LIST_LXCFS } from '../harness/toolkit.ts';
import { until } from '../harness/wait.ts';

const MIB = 1024 * 1024;
const MOUNT_POINT = '/var/lib/lxcfs';
/** Where the service keeps what it must remember. */
const SERVICE = { runtimeDirectory: '/run' };
/** As engines bind them when they start a container. */
const BOUND = { path: (name: string) => MOUNT_POINT + name };

t.setTimeout(600_000);

t.test('lxcfs as a service', async (t) => {
  // so that those who read all the time leave enough of the machine to what they try
  const limits = { memoryBytes: 64 * MIB, cpus: '0', quota: 0.25 };
  const early = await startOciContainer(t, { runtime: 'runc', limits });

  await t.test('is installed, enabled and started', async (t) => {
    t.not(await memory(early), 65_536, 'what is in no container yet');
    await output([repositoryPath('systemd/install')]);
    await systemctl('enable', 'lxcfs');
    t.equal(await systemctl('is-enabled', 'lxcfs'), 'enabled\n');
    await systemctl('start', 'lxcfs');
    t.match(await properties(), { Type: 'notify', ActiveState: 'active', SubState: 'running' });
    t.equal(processInfo(await mainPid())?.name, 'lxcfs');
    t.equal(readFileSync(`/proc/${await mainPid()}/oom_score_adj`, 'latin1'), '-1000\n');
    t.equal(await memory(early), 65_536, 'the files are in containers that were there before');
  });

  await t.test('is confined', async (t) => {
    const report = await output(['systemd-analyze', 'security', '--no-pager', 'lxcfs']);
    const [, score] = /Overall exposure level for lxcfs\.service: ([\d.]+)/.exec(report) ?? [];
    t.ok(Number(score) < 5, `exposure ${score}`);
  });

  const late = await startOciContainer(t, { runtime: 'runc', limits, daemon: BOUND });

  await t.test('answers while it is reloaded, and when its processes are killed', async (t) => {
    const endings = [watch(late, 'fresh'), watch(early, 'kept')];
    const supervisor = await mainPid();

    const first = await server();
    const second = await reload(first);
    signalIfAlive(second, 'SIGKILL');
    const third = await server(second);
    t.equal(await mainPid(), supervisor, 'a reload and a new server are not its business');

    signalIfAlive(supervisor, 'SIGKILL');
    await until(
      'another supervisor',
      async () => {
        await sleep(1000); // to ask is work, too
        const { ActiveState, MainPID } = await properties();
        return ActiveState === 'active' && MainPID !== String(supervisor) ? true : undefined;
      },
      60_000,
    );
    await server(third);
    t.match(await properties(), { NRestarts: '1' });

    for (const end of endings) {
      const { reads, slowest, ...complaints } = await end();
      t.comment(`${reads} reads, the slowest of ${slowest} ms`);
      t.match(complaints, { failed: NONE, torn: NONE, back: NONE, total: NONE });
      t.ok(reads > 100, `${reads} reads`);
    }
  });

  await t.test("is restarted, with the host's files in containers in the meantime", async (t) => {
    const [end, supervisor] = [watch(late, 'fresh'), await mainPid()];
    await systemctl('restart', 'lxcfs');
    t.not(await mainPid(), supervisor);
    const complaints = await end();
    t.match(complaints, { failed: NONE, torn: NONE });
    t.ok(complaints.reads > 100, `${complaints.reads} reads`);
    for (const container of [early, late]) t.equal(await memory(container), 65_536);
  });

  await t.test('is stopped, and leaves nothing', async (t) => {
    await systemctl('stop', 'lxcfs');
    t.match(await properties(), { ActiveState: 'inactive', SubState: 'dead', Result: 'success' });
    t.equal((await run(['systemctl', 'is-failed', '--quiet', 'lxcfs'])).status, 1);
    t.same(mountsBelow(MOUNT_POINT), []);
    t.same(
      allProcesses().filter(({ name }) => name.startsWith('lxcfs')),
      [],
    );
    for (const container of [early, late]) {
      t.equal(await container.output(0, LIST_LXCFS), '');
      t.not(await memory(container), 65_536);
    }
  });

  if (!t.passing()) t.comment(await output(['journalctl', '--no-pager', '--unit=lxcfs', '--output=cat']));
});

const NONE = { count: 0, first: [] };

function systemctl(...args: readonly string[]): Promise<string> {
  return output(['systemctl', ...args], { limitMillis: 60_000 });
}

/** What systemd has to say about the service. */
async function properties(): Promise<Partial<Record<string, string>>> {
  const names = 'Type,ActiveState,SubState,Result,MainPID,NRestarts';
  const lines = (await systemctl('show', `--property=${names}`, 'lxcfs')).trim().split('\n');
  return Object.fromEntries(lines.map((line) => line.split('=')));
}

async function mainPid(): Promise<number> {
  return Number((await properties())['MainPID']);
}

/** The server at work, another than the one before. */
function server(before?: number): Promise<number> {
  return until(
    'a server',
    () => {
      const pid = serverAtWork(SERVICE);
      return pid === before ? undefined : pid;
    },
    10_000,
  );
}

/** Reloads until there is another server: one that takes longer than 30 s to load, as here it may, is given up. */
async function reload(before: number): Promise<number> {
  for (;;) {
    await systemctl('reload', 'lxcfs');
    const after = await server(before).catch(() => undefined);
    if (after !== undefined) return after;
  }
}

async function memory(container: OciContainer): Promise<number> {
  return meminfoField(await container.output(0, ['cat', '/proc/meminfo']), 'MemTotal');
}

/** Reads all of a container's own files until the end is asked for. */
function watch(container: OciContainer, way: 'fresh' | 'kept'): () => Promise<WatchAll> {
  const reader = container.start(t, 0, programIn(PROGRAMS_INSIDE, 'watch-all', '/', way, 600, 65_536));
  return async () => {
    reader.send('end');
    return parseWatchAll(await reader.nextLine());
  };
}
