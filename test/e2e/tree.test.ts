import { existsSync, readdirSync } from 'node:fs';
import t from 'tap';
import { startDaemon } from './harness/daemon.ts';
import { unable } from './harness/requirements.ts';
import { output, run } from './harness/run.ts';

t.test('the tree', { skip: unable('mounts') }, async (t) => {
  const daemon = await startDaemon(t);
  const list = async (name: string): Promise<string[]> =>
    (await output(['ls', '-A', daemon.path(name)])).split('\n').filter(Boolean);

  t.test('the mount looks as tools expect it', async (t) => {
    const lines = (await output(['mount'])).split('\n');
    const options = 'rw,nosuid,nodev,relatime,user_id=0,group_id=0,allow_other';
    t.ok(lines.includes(`lxcfs on ${daemon.mountPoint} type fuse.lxcfs (${options})`), lines.join('\n'));
  });

  t.test('its directories list what they have', async (t) => {
    t.same(await list(''), ['proc', 'sys']);
    const pressure = existsSync('/proc/pressure') ? ['pressure'] : [];
    const proc = 'cpuinfo diskstats loadavg meminfo partitions slabinfo stat swaps uptime'.split(' ');
    t.same(await list('proc'), [...proc, ...pressure].sort());
    if (pressure.length > 0) t.same(await list('proc/pressure'), readdirSync('/proc/pressure').sort());
    t.same(await list('sys'), ['devices']);
    t.same(await list('sys/devices'), ['system']);
    t.same(await list('sys/devices/system'), ['cpu']);
    t.same(await list('sys/devices/system/cpu'), readdirSync('/sys/devices/system/cpu').sort());
  });

  t.test('everything is read-only and belongs to root', async (t) => {
    const found = await output([
      'find',
      daemon.path('proc'),
      daemon.path('sys'),
      '-maxdepth',
      '1',
      '-printf',
      '%y %M %U %G %P\n',
    ]);
    for (const line of found.split('\n').filter(Boolean)) {
      const [type = '', ...rest] = line.split(' ');
      t.equal(rest.slice(0, 3).join(' '), type === 'd' ? 'dr-xr-xr-x 0 0' : '-r--r--r-- 0 0', line);
    }
  });

  t.test('what cannot be is refused with the right error', async (t) => {
    const refused = async (script: string): Promise<string> => {
      const { status, stderr } = await run(['sh', '-c', `cd "$1" && ${script}`, 'sh', daemon.mountPoint], {
        env: { ...process.env, LC_ALL: 'C' },
      });
      t.not(status, 0, script);
      return stderr.trim();
    };
    t.match(await refused('cat proc/nothing'), /No such file or directory$/);
    t.match(await refused('ls sys/nothing'), /No such file or directory$/);
    t.match(await refused('/bin/echo 1 >>proc/meminfo'), /Invalid argument$/);
    for (const script of [
      'mkdir proc/new',
      'rm -f proc/stat',
      'mv proc/stat proc/old',
      'ln -s a proc/link',
    ]) {
      t.match(await refused(script), /Read-only file system$|Operation not permitted$/);
    }
    t.match(await refused(': >proc/new'), /Read-only file system|Operation not permitted/);
  });

  t.test('statfs answers', async (t) => {
    t.equal(await output(['stat', '-f', '-c', '%b %f', daemon.mountPoint]), '0 0\n');
  });
});
