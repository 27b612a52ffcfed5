/** Part of what runs inside the virtual machine: that each engine's containers are found, and take the files, on cgroup v2. */
import t from 'tap';
import { LXCFS_FILES } from '../../../src/toolkit/lxcfs-files.ts';
import { type Daemon, startDaemon } from '../harness/daemon.ts';
import { type Engine, startDocker } from '../harness/docker.ts';
import { HOST_PROGRAMS } from '../harness/host-image.ts';
import { startLxc } from '../harness/lxc.ts';
import { startOciContainer } from '../harness/oci-container.ts';
import { PODMAN_RUN, startPodman } from '../harness/podman.ts';
import { hookProgram, toolkitReports } from '../harness/toolkit.ts';

const LIMIT = ['-m', '256m', '--memory-swap', '256m'];

t.setTimeout(600_000);

t.test('the toolkit and engines', async (t) => {
  const daemon = await startDaemon(t, ['--enable-cfs', '-l']);

  t.test('runc, by its hook', async (t) => {
    const hook = { path: hookProgram, args: ['lxcfs-hook', `--lxcfs=${daemon.mountPoint}`], timeout: 60 };
    const container = await startOciContainer(t, {
      runtime: 'runc',
      limits: { memoryBytes: 256 * 1024 * 1024, cpus: '0' },
      hooks: { createContainer: [hook] },
    });
    t.match(await container.output(0, ['free', '-m']), /^Mem: +256 /m);
    await takesFilesOutAndIn(t, daemon, container.name, 'other', () => container.output(0, ['free', '-m']));
  });

  t.test('Docker', async (t) => {
    const docker = await startDocker(t);
    const run = ['run', '-d', '--network=none', HOST_PROGRAMS, ...LIMIT, 'host', 'sleep', '3600'];
    await engineContainer(t, daemon, docker, 'docker', run);
  });

  t.test('podman', async (t) => {
    const podman = await startPodman(t);
    await engineContainer(t, daemon, podman, 'podman', [
      'run',
      '-d',
      ...PODMAN_RUN,
      HOST_PROGRAMS,
      ...LIMIT,
      'host',
      'sleep',
      '3600',
    ]);
  });

  t.test('LXC, by its mount hook', async (t) => {
    const hook = `lxc.hook.mount = ${hookProgram} --lxcfs=${daemon.mountPoint}`;
    const container = await startLxc(t, hook, false);
    t.equal(await container.memory(), 262_144);
    await takesFilesOutAndIn(t, daemon, container.name, 'lxc', () => container.output('free', '-m'));
  });
});

async function engineContainer(
  test: Tap,
  daemon: Daemon,
  engine: Engine,
  name: string,
  run: readonly string[],
): Promise<void> {
  const id = (await engine.output(...run)).trim();
  await takesFilesOutAndIn(test, daemon, id, name, () => engine.output('exec', id, 'free', '-m'));
  await engine.output('rm', '-f', id);
}

type Tap = Pick<typeof t, 'match' | 'notMatch'>;

async function takesFilesOutAndIn(
  test: Tap,
  daemon: Daemon,
  id: string,
  engine: string,
  free: () => Promise<string>,
): Promise<void> {
  await toolkitReports(daemon, 'umount', '--all');
  test.notMatch(await free(), /^Mem: +256 /m);
  const reports = await toolkitReports(daemon, 'remount', '--container-id', id);
  test.match(reports, [{ id, engine, status: 'changed', placed: LXCFS_FILES.length }]);
  test.match(await free(), /^Mem: +256 /m);
}
