import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import type { Scope } from '../harness/cleanup.ts';
import { type Daemon, daemonPlace, startDaemon, killDaemon } from '../harness/daemon.ts';
import { startLxc } from '../harness/lxc.ts';
import { inOwnWorld } from '../harness/own-world.ts';
import { meminfoField } from '../harness/proc-text.ts';
import { repositoryPath } from '../harness/repository.ts';
import { unable } from '../harness/requirements.ts';
import { output } from '../harness/run.ts';
import { hookProgram, LIST_LXCFS, toolkit, toolkitReports } from '../harness/toolkit.ts';

const HOST_KB = meminfoField(readFileSync('/proc/meminfo', 'latin1'), 'MemTotal');

await inOwnWorld(import.meta.url, () => {
  for (const idMapped of [false, true]) {
    t.test(
      `LXC, ${idMapped ? 'idmapped' : 'privileged'}`,
      { skip: unable('mounts', 'lxc-start') },
      async (t) => {
        const daemon = await startDaemon(t, ['--enable-cfs', '-l']);
        const container = await startLxc(t, ownInclude(t, daemon), idMapped);
        t.match(await container.output('free', '-m'), /^Mem: +256 /m);
        t.equal((await container.output(...LIST_LXCFS)).trim().split('\n').length, 13);
        t.equal(await container.memory(), 262_144);

        killDaemon(daemon);
        await t.rejects(container.memory(), /not connected|connection abort/);
        const [report] = await toolkitReports(daemon, 'umount', '--all');
        t.match(report, { id: container.name, engine: 'lxc', status: 'changed' });
        t.equal(await container.memory(), HOST_KB);
        await toolkit(daemon, 'prestart');
        const successor = await startDaemon(t, [], { place: daemon });
        t.match(await toolkitReports(successor, 'remount', '--all'), [{ status: 'changed', placed: 13 }]);
        t.equal(await container.memory(), 262_144);
      },
    );
  }

  t.test("LXC with Debian's own hook", { skip: unable('mounts', 'lxc-start') }, async (t) => {
    const place = daemonPlace(t);
    const daemon = await startDaemon(t, [], { place });
    // It looks at /var/lib/lxcfs alone: this world has that, too.
    await output(['mount', '--bind', place.mountPoint, '/var/lib/lxcfs']);
    const container = await startLxc(t, 'lxc.hook.mount = /usr/share/lxcfs/lxc.mount.hook', false);
    t.equal(await container.memory(), 262_144);
    t.equal(
      await container.output('cat', '/sys/devices/system/cpu/online'),
      readFileSync(daemon.path('sys/devices/system/cpu/online'), 'latin1'),
    );
    t.match(await toolkitReports(daemon, 'remount', '--all'), [{ status: 'unchanged' }]);
    t.match(await toolkitReports(daemon, 'umount', '--all'), [{ status: 'changed' }]);
    t.equal(await container.memory(), HOST_KB);
    await output(['umount', '-l', '/var/lib/lxcfs']);
  });
});

/** The repository's include file, with the hook and the mount of this test. */
function ownInclude(scope: Scope, daemon: Daemon): string {
  const sample = readFileSync(repositoryPath('integrations/lxc/lxcfs.conf'), 'utf8');
  const file = join(dirname(daemonPlace(scope).mountPoint), 'lxcfs.conf');
  writeFileSync(
    file,
    sample.replace('/usr/local/bin/lxcfs-hook', `${hookProgram} --lxcfs=${daemon.mountPoint}`),
  );
  return `lxc.include = ${file}`;
}
