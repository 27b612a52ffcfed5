import t from 'tap';
import { startDaemon, killDaemon } from '../harness/daemon.ts';
import { startDocker } from '../harness/docker.ts';
import { HOST_PROGRAMS } from '../harness/host-image.ts';
import { inOwnWorld } from '../harness/own-world.ts';
import { meminfoField } from '../harness/proc-text.ts';
import { unable } from '../harness/requirements.ts';
import { toolkit, toolkitReports } from '../harness/toolkit.ts';

/** The files of the README's docker command. */
const BOUND = ['cpuinfo', 'diskstats', 'loadavg', 'meminfo', 'stat', 'swaps', 'uptime'];

await inOwnWorld(import.meta.url, () => {
  t.test('Docker', { skip: unable('mounts', 'dockerd') }, async (t) => {
    const daemon = await startDaemon(t, ['--enable-cfs', '-l']);
    const docker = await startDocker(t);
    const limits = ['-m', '256m', '--memory-swap', '256m', '--cpus', '1.5'];
    const files = BOUND.map((name) => `--volume=${daemon.path(`proc/${name}`)}:/proc/${name}:rw`);
    const cpus = `--volume=${daemon.path('sys/devices/system/cpu')}:/sys/devices/system/cpu:ro`;
    const start = (name: string, ...options: string[]): Promise<string> =>
      docker.output(
        'run',
        '-d',
        `--name=${name}`,
        '--network=none',
        HOST_PROGRAMS,
        ...limits,
        ...options,
        'host',
        'sleep',
        '3600',
      );
    const memory = async (name: string): Promise<number> =>
      meminfoField(await docker.output('exec', name, 'cat', '/proc/meminfo'), 'MemTotal');

    t.test('docker run with the files bound', async (t) => {
      await start('bound', ...files, cpus);
      t.match(await docker.output('exec', 'bound', 'free', '-m'), /^Mem: +256 /m);
      t.equal(
        await docker.output('exec', 'bound', 'getconf', '_NPROCESSORS_ONLN'),
        '2\n',
        '1.5 CPUs are two',
      );
      t.equal(
        await docker.output('exec', '--user=1000', 'bound', 'grep', '-c', '^processor', '/proc/cpuinfo'),
        '2\n',
      );
      await docker.output('update', '-m', '512m', '--memory-swap', '512m', 'bound');
      t.match(
        await docker.output('exec', 'bound', 'free', '-m'),
        /^Mem: +512 /m,
        'docker update shows at once',
      );
      await docker.output('stop', '-t', '0', 'bound');
      await docker.output('start', 'bound');
      t.equal(await memory('bound'), 524_288, 'after stop and start');
    });

    t.test('remount into a container that knows nothing of it', async (t) => {
      const id = (await start('plain')).trim();
      t.not(await memory('plain'), 262_144);
      const [report] = await toolkitReports(daemon, 'remount', '--container-id', id.slice(0, 12));
      t.match(report, { id, engine: 'docker', status: 'changed', placed: 13 });
      t.equal(await memory('plain'), 262_144);
      t.match(await docker.output('exec', 'plain', 'cat', '/proc/pressure/memory'), /^some avg10=/);
    });

    t.test('the daemon is killed for good', async (t) => {
      killDaemon(daemon);
      for (const name of ['bound', 'plain']) await t.rejects(memory(name), /not connected|connection abort/);
      t.equal((await toolkitReports(daemon, 'umount', '--all')).length, 2);
      for (const name of ['bound', 'plain'])
        t.ok((await memory(name)) > 524_288, `${name} shows host values`);
      await toolkit(daemon, 'prestart');
      const successor = await startDaemon(t, ['--enable-cfs', '-l'], { place: daemon });
      t.equal((await toolkitReports(successor, 'remount', '--all')).length, 2);
      t.equal(await memory('bound'), 524_288);
      t.equal(await memory('plain'), 262_144);
      await docker.output('rm', '-f', 'bound', 'plain');
    });
  });
});
