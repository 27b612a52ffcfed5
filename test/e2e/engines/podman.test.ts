import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import type { Scope } from '../harness/cleanup.ts';
import { type Daemon, daemonPlace, startDaemon, killDaemon } from '../harness/daemon.ts';
import { HOST_PROGRAMS } from '../harness/host-image.ts';
import { inOwnWorld } from '../harness/own-world.ts';
import { PODMAN_RUN, startPodman } from '../harness/podman.ts';
import { meminfoField } from '../harness/proc-text.ts';
import { repositoryPath } from '../harness/repository.ts';
import { unable } from '../harness/requirements.ts';
import { output } from '../harness/run.ts';
import { hookProgram, LIST_LXCFS, toolkit, toolkitReports } from '../harness/toolkit.ts';

const HOST_KB = meminfoField(readFileSync('/proc/meminfo', 'latin1'), 'MemTotal');

/** What `free -m` and the list of lxcfs mounts say inside. */
const LOOK = ['sh', '-c', `free -m; ${LIST_LXCFS[2] ?? ''}`];

await inOwnWorld(import.meta.url, () => {
  t.test('podman', { skip: unable('mounts', 'podman') }, async (t) => {
    const daemon = await startDaemon(t, ['--enable-cfs', '-l']);
    const podman = await startPodman(t);
    const run = [...PODMAN_RUN, HOST_PROGRAMS, '-m', '256m', '--memory-swap', '256m'];

    const ways: readonly (readonly [
      name: string,
      global: readonly string[],
      options: readonly string[],
      files: number,
    ])[] = [
      ['-v', [], [`--volume=${daemon.path('proc/meminfo')}:/proc/meminfo`], 1],
      ['--hooks-dir', [`--hooks-dir=${hooksDirectory(t, daemon)}`], [], 13],
      ['--device, by CDI', [], ['--device=lxcfs/files=all'], 13],
    ];
    // Where podman looks for CDI specifications is fixed; this world has an /etc/cdi of its own.
    mkdirSync('/etc/cdi', { recursive: true });
    await output(['mount', '-t', 'tmpfs', 'tmpfs', '/etc/cdi']);
    t.match(await toolkit(daemon, 'cdi', '--output', '/etc/cdi/lxcfs.json'), { status: 0, stdout: /wrote/ });

    for (const [name, global, options, files] of ways) {
      for (const user of [[], ['--user=1000'], ['--uidmap=0:100000:65535']]) {
        t.test(`${name} ${user.join('')}`, async (t) => {
          const text = await podman.output(
            ...global,
            'run',
            '--rm',
            ...run,
            ...options,
            ...user,
            'host',
            ...LOOK,
          );
          t.match(text, /^Mem: +256 /m);
          t.equal(text.match(/^\/(proc|sys)\//gm)?.length, files);
        });
      }
    }

    t.test('update, and the daemon killed for good', async (t) => {
      const id = (
        await podman.output('run', '-d', ...run, '--device=lxcfs/files=all', 'host', 'sleep', '3600')
      ).trim();
      const memory = async (): Promise<number> =>
        meminfoField(await podman.output('exec', id, 'cat', '/proc/meminfo'), 'MemTotal');
      t.equal(await memory(), 262_144);
      await podman.output('update', '--memory=512m', '--memory-swap=512m', id);
      t.equal(await memory(), 524_288);

      killDaemon(daemon);
      await t.rejects(memory(), /not connected|connection abort/);
      t.match(await toolkitReports(daemon, 'umount', '--all'), [{ id, engine: 'podman', status: 'changed' }]);
      t.equal(await memory(), HOST_KB);
      await toolkit(daemon, 'cdi', '--hook-only', '--output', '/etc/cdi/lxcfs.json');
      const ofNew = async (): Promise<number> =>
        meminfoField(
          await podman.output(
            'run',
            '--rm',
            ...run,
            '--device=lxcfs/files=all',
            'host',
            'cat',
            '/proc/meminfo',
          ),
          'MemTotal',
        );
      t.equal(await ofNew(), HOST_KB, 'by the hook alone, a container starts without lxcfs');
      await toolkit(daemon, 'prestart');
      const successor = await startDaemon(t, [], { place: daemon });
      t.match(await toolkitReports(successor, 'remount', '--all'), [{ id, status: 'changed', placed: 13 }]);
      t.equal(await memory(), 524_288);
      t.equal(await ofNew(), 262_144);
      await podman.output('rm', '-f', '-t', '0', id);
    });
  });
});

/** A hooks directory with the sample of the repository, which names the hook and the mount of this test. */
function hooksDirectory(scope: Scope, daemon: Daemon): string {
  const directory = join(dirname(daemonPlace(scope).mountPoint), 'hooks.d');
  const sample: { hook: { path: string; args: string[] } } = JSON.parse(
    readFileSync(repositoryPath('integrations/podman/lxcfs.json'), 'utf8'),
  );
  sample.hook = {
    ...sample.hook,
    path: hookProgram,
    args: [...sample.hook.args, `--lxcfs=${daemon.mountPoint}`],
  };
  mkdirSync(directory);
  writeFileSync(join(directory, 'lxcfs.json'), JSON.stringify(sample));
  return directory;
}
