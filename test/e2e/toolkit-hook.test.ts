import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { detectCgroupLayout } from '../../src/cgroup/layout.ts';
import { LXCFS_FILES } from '../../src/toolkit/lxcfs-files.ts';
import { isLxcfs } from '../../src/toolkit/mount-table.ts';
import { topOf, writeValue } from './harness/cgroup-directory.ts';
import type { Scope } from './harness/cleanup.ts';
import { type Daemon, daemonPlace, startDaemon, killDaemon } from './harness/daemon.ts';
import { type OciContainer, type OciOptions, startOciContainer } from './harness/oci-container.ts';
import type { OciHook } from './harness/oci-bundle.ts';
import { mountsBelow } from './harness/mounts.ts';
import { inOwnWorld } from './harness/own-world.ts';
import { meminfoField } from './harness/proc-text.ts';
import { repositoryPath } from './harness/repository.ts';
import { unable } from './harness/requirements.ts';
import { type Finished, output, run } from './harness/run.ts';
import { hookProgram, LIST_LXCFS, toolkit, toolkitReports } from './harness/toolkit.ts';

const LIMITS = { memoryBytes: 256 * 1024 * 1024, cpus: '0' };
const LIMITED_KB = 262_144;
const HOST_KB = meminfoField(readFileSync('/proc/meminfo', 'latin1'), 'MemTotal');

await inOwnWorld(import.meta.url, () => {
  for (const runtime of ['runc', 'crun'] as const) {
    for (const userNamespace of [false, true]) {
      const where = `${runtime}${userNamespace ? ' in a user namespace' : ''}`;
      t.test(`the hook at each stage of ${where}`, { skip: unable('mounts', runtime) }, async (t) => {
        const daemon = await startDaemon(t);
        for (const stage of ['prestart', 'createRuntime', 'createContainer']) {
          const container = await start(t, daemon, stage, { runtime, userNamespace });
          t.same(await lxcfsFiles(container), LXCFS_FILES, stage);
          t.equal(await memory(container), LIMITED_KB, stage);
        }
      });
    }
  }

  t.test('a hook that fails', { skip: unable('mounts', 'runc') }, async (t) => {
    const daemon = await startDaemon(t);
    killDaemon(daemon);
    for (const stage of ['prestart', 'createRuntime', 'createContainer']) {
      const container = await start(t, daemon, stage, { runtime: 'runc' });
      t.equal(await memory(container), HOST_KB, `${stage}: the container starts and shows host values`);
      const strict = start(t, daemon, stage, { runtime: 'runc' }, ['--strict']);
      await t.rejects(strict, /hook/, `${stage}: --strict stops it`);
    }
  });

  t.test('input that tells too little', async (t) => {
    const log = join(t.testdir(), 'log', 'hook.log');
    for (const [input, complaint] of [
      ['', /expected JSON in the state on stdin, found ""/],
      ['[]', /expected an object/],
      ['{"id":"c1"}', /c1|expected "root", "bundle" or "bundlePath"/],
      ['{"id":"c1","bundle":"/nowhere"}', /\/nowhere\/config.json/],
    ] as const) {
      const script = `printf %s "$1" | "$2" --log "$3" $4`;
      const once = (flag: string) =>
        run(['sh', '-c', script, 'sh', input, hookProgram, log, flag], {
          env: { ...process.env, NODE_OPTIONS: '' },
        });
      t.match(await once(''), { status: 0, stderr: complaint });
      t.match(await once('--strict'), { status: 1, stderr: complaint });
    }
    const lines = readFileSync(log, 'utf8').trim().split('\n');
    t.equal(lines.length, 8);
    t.match(JSON.parse(lines[0] ?? ''), { level: 50, name: 'lxcfs-hook' });
  });

  t.test('a hook that is not installed whole', async (t) => {
    const tools = {
      dirname: t.fixture('symlink', '/usr/bin/dirname'),
      readlink: t.fixture('symlink', '/usr/bin/readlink'),
    };
    const directory = t.testdir({ bin: {}, tools });
    const alone = join(directory, 'bin', 'lxcfs-hook');
    copyFileSync(hookProgram, alone);
    for (const [program, PATH, complaint] of [
      [alone, process.env['PATH'], /it is not built: run npm ci/],
      [hookProgram, '/usr/sbin', /node is not in PATH/],
    ] as const) {
      const once = (...args: string[]): Promise<Finished> =>
        run(['/bin/sh', '-c', '"$@"', 'sh', program, ...args], {
          env: { PATH: `${directory}/tools:${PATH}` },
        });
      t.match(await once(), { status: 0, stderr: complaint });
      t.match(await once('--strict'), { status: 1, stderr: complaint });
    }
  });

  t.test("iSulad's contract", { skip: unable('mounts', 'runc') }, async (t) => {
    const daemon = await startDaemon(t, ['--enable-cfs']);
    const sample: unknown = JSON.parse(
      readFileSync(repositoryPath('integrations/isulad/hookspec.json'), 'utf8'),
    );
    t.match(sample, { prestart: [{ path: /lxcfs-hook$/, args: ['lxcfs-hook'] }] });

    for (const form of ['root', 'bundlePath']) {
      // iSulad gives its own state to the hook; here a filter makes it of runc's.
      const filter = join(dirname(daemonPlace(t).mountPoint), 'isulad-hook');
      writeFileSync(filter, isuladHook(form, daemon), { mode: 0o755 });
      const hooks = { prestart: [{ path: filter, args: ['isulad-hook'] }] };
      const container = await startOciContainer(t, { runtime: 'runc', limits: LIMITS, hooks });
      t.same(await lxcfsFiles(container), LXCFS_FILES, `state with ${form}`);
      t.equal(await memory(container), LIMITED_KB);

      t.match(await toolkitReports(daemon, 'umount', '--all'), [{ status: 'changed' }]);
      t.equal(await memory(container), HOST_KB, 'umount --all: host values, and it goes on');
      t.match(await toolkitReports(daemon, 'remount', '--all'), [{ status: 'changed' }]);
      t.equal(await memory(container), LIMITED_KB, 'remount --all: its own again');

      t.equal(await processors(container), '1\n');
      update(container.name, { cpus: '0-1', memoryBytes: 1024 * 1024 * 1024 });
      t.equal(await processors(container), '2\n', 'isula update --cpuset-cpus 0-1');
      t.equal(await memory(container), 1_048_576, 'isula update --memory 1G');
      await container.stop();
    }
  });

  t.test('a root directory that is no container', { skip: unable('mounts') }, async (t) => {
    const daemon = await startDaemon(t);
    const root = join(dirname(daemonPlace(t).mountPoint), 'rootfs');
    const hook = async (state: object): Promise<Finished> => {
      const script = `printf %s "$1" | "$2" --strict --lxcfs="$3"`;
      return run(['sh', '-c', script, 'sh', JSON.stringify(state), hookProgram, daemon.mountPoint], {
        env: { ...process.env, NODE_OPTIONS: '' },
      });
    };
    mkdirSync(join(root, 'proc'), { recursive: true });
    writeFileSync(join(root, 'proc', 'meminfo'), 'own\n');
    t.match(await hook({ id: 'c1', pid: 0, root }), {
      status: 1,
      stderr: /expected a container's \/proc/,
    });
    t.equal(readFileSync(join(root, 'proc', 'meminfo'), 'utf8'), 'own\n');

    await output(['mount', '-t', 'proc', 'proc', join(root, 'proc')]);
    t.match(await hook({ id: 'c1', pid: 0, root }), { status: 1, stderr: /found the host's/ });
    for (const pid of [0, 1, process.pid]) {
      t.match(await hook({ id: 'c1', pid, root: '/' }), { status: 1, stderr: /found that of this host/ });
    }
    t.equal(mountsBelow(root).length, 1, 'the /proc alone');
    t.same(mountsBelow('/proc').filter(isLxcfs), [], 'nothing over the files of the host');
    t.equal((await toolkit(daemon, 'check-lxcfs')).status, 0);
  });

  t.test(
    'a container that shares its mounts with the host',
    { skip: unable('mounts', 'runc') },
    async (t) => {
      const daemon = await startDaemon(t);
      for (const stage of ['prestart', 'createRuntime', 'createContainer']) {
        const container = await start(t, daemon, stage, { runtime: 'runc', rootfsPropagation: 'shared' });
        t.equal(await memory(container), LIMITED_KB, stage);
        t.same(mountsBelow(container.directory).filter(isLxcfs), [], 'nothing of it is on the host');
      }
    },
  );
});

async function start(
  test: Scope,
  daemon: Daemon,
  stage: string,
  options: Pick<OciOptions, 'runtime' | 'userNamespace' | 'rootfsPropagation'>,
  args: readonly string[] = [],
): Promise<OciContainer> {
  const hook: OciHook = {
    path: hookProgram,
    args: ['lxcfs-hook', `--lxcfs=${daemon.mountPoint}`, ...args],
    timeout: 20,
  };
  return startOciContainer(test, { ...options, limits: LIMITS, hooks: { [stage]: [hook] } });
}

async function memory(container: OciContainer): Promise<number> {
  return meminfoField(await container.output(0, ['cat', '/proc/meminfo']), 'MemTotal');
}

function processors(container: OciContainer): Promise<string> {
  return container.output(0, ['grep', '-c', '^processor', '/proc/cpuinfo']);
}

/** Writes a container's limits as its engine does. */
function update(name: string, { cpus, memoryBytes }: { cpus: string; memoryBytes: number }): void {
  const { v1, v2 } = detectCgroupLayout('');
  const directory = (controller: string): string => `${topOf(v1.get(controller) ?? v2)}/${name}`;
  writeValue(`${directory('cpuset')}/cpuset.cpus`, cpus);
  if (v1.has('memory')) writeValue(`${directory('memory')}/memory.memsw.limit_in_bytes`, -1);
  writeValue(
    `${directory('memory')}/${v1.has('memory') ? 'memory.limit_in_bytes' : 'memory.max'}`,
    memoryBytes,
  );
}

async function lxcfsFiles(container: OciContainer): Promise<string[]> {
  return (await container.output(0, LIST_LXCFS)).trim().split('\n').sort();
}

/** A hook that turns runc's state into one of iSulad's forms: with `root`, or with the `bundlePath` of old runtimes. */
function isuladHook(form: string, daemon: Daemon): string {
  const change =
    form === 'root' ? '{ociVersion, id, pid, root: (.bundle + "/rootfs")}' : '{id, pid, bundlePath: .bundle}';
  return `#!/bin/sh\njq '${change}' | ${hookProgram} --strict --lxcfs=${daemon.mountPoint}\n`;
}
