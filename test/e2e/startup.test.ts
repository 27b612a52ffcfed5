import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { daemonPlace, killDaemon, lxcfsProgram, placeArguments, startDaemon } from './harness/daemon.ts';
import { mountsBelow } from './harness/mounts.ts';
import { repositoryPath } from './harness/repository.ts';
import { unable } from './harness/requirements.ts';
import { type Finished, output, run } from './harness/run.ts';
import { temporaryDirectory } from './harness/temporary-directory.ts';
import { until } from './harness/wait.ts';

const lxcfs = (...args: string[]): Promise<Finished> => run([lxcfsProgram, ...args], { limitMillis: 15_000 });

t.test('version and help go to standard output', async (t) => {
  const { version }: { version: string } = JSON.parse(readFileSync(repositoryPath('package.json'), 'utf8'));
  for (const option of ['-v', '--version']) {
    t.match(await lxcfs(option), { status: 0, stdout: version, stderr: '' });
  }
  for (const option of ['-h', '--help']) {
    t.match(await lxcfs(option), { status: 0, stdout: /MOUNTPOINT[^]*--enable-loadavg[^]*/i, stderr: '' });
  }
});

const WRONG_USAGE: readonly (readonly [args: string[], named: RegExp])[] = [
  [[], /mount ?point/i],
  [['/tmp/a', '/tmp/b'], /\/tmp\/b|arguments|mount ?point/i],
  [['--no-such-option', '/tmp/a'], /--no-such-option/],
  [['-z', '/tmp/a'], /-z/],
  [['-o', 'no_such_thing', '/tmp/a'], /no_such_thing/],
  [['--device-names=other', '/tmp/a'], /other|device-names/],
  [['-p'], /-p/],
];

for (const [args, named] of WRONG_USAGE) {
  t.test(`wrong usage: lxcfs ${args.join(' ')}`, async (t) => {
    const { status, stdout, stderr } = await lxcfs(...args);
    t.equal(status, 2);
    t.equal(stdout, '');
    t.match(stderr, named, 'says what was wrong');
    t.match(stderr, /--help/, 'says how to get help');
    t.equal(stderr.trim().split('\n').length, 1, 'in one line');
  });
}

t.test('starts that cannot succeed', { skip: unable('mounts') }, async (t) => {
  t.test('the parent of the mount point is missing', async (t) => {
    const place = { ...daemonPlace(t), mountPoint: join(temporaryDirectory(t), 'no/such/parent') };
    t.match(await lxcfs(...placeArguments(place)), { status: 1, stderr: place.mountPoint });
  });

  t.test('the mount point is a file', async (t) => {
    const place = { ...daemonPlace(t), mountPoint: join(temporaryDirectory(t), 'file') };
    writeFileSync(place.mountPoint, '');
    t.match(await lxcfs(...placeArguments(place)), { status: 1, stderr: /not a directory/i });
    t.match(await lxcfs(...placeArguments(place)), { stderr: place.mountPoint });
  });

  t.test('a live lxcfs is there already', async (t) => {
    const first = await startDaemon(t);
    const second = { ...daemonPlace(t), mountPoint: first.mountPoint };
    t.match(await lxcfs(...placeArguments(second)), { status: 1, stderr: first.mountPoint });
    t.match(await output(['cat', first.path('proc/uptime')]), /\d/, 'the first one is not disturbed');
    t.equal(mountsBelow(first.mountPoint).length, 1);
  });

  t.test("the pid file is another instance's, which keeps it", async (t) => {
    const first = await startDaemon(t);
    const second = { ...daemonPlace(t), pidFile: first.pidFile };
    t.match(await lxcfs(...placeArguments(second)), { status: 1, stderr: first.pidFile });
    t.equal(readFileSync(first.pidFile, 'utf8'), `${first.pid}\n`);
    t.equal(mountsBelow(second.mountPoint).length, 0);
  });

  t.test('there is no /dev/fuse', async (t) => {
    const script = 'mount -t tmpfs tmpfs /dev; mknod -m 666 /dev/null c 1 3; exec "$@"';
    const hidden = ['unshare', '--mount', '--propagation', 'private', 'sh', '-ec', script, 'sh'] as const;
    const finished = await run([...hidden, lxcfsProgram, ...placeArguments(daemonPlace(t))]);
    t.match(finished, { status: 1, stderr: /\/dev\/fuse[^]*modprobe fuse/ });
  });

  t.test('too few descriptors are allowed', async (t) => {
    const limited = ['sh', '-ec', 'ulimit -n 512; exec "$@"', 'sh', lxcfsProgram] as const;
    const finished = await run([...limited, ...placeArguments(daemonPlace(t))]);
    t.match(finished, { status: 1, stderr: /RLIMIT_NOFILE is 512.*LimitNOFILE/ });
  });

  t.test('the user is not root', async (t) => {
    // The repository may be below a directory that only root can enter
    const visible = join(temporaryDirectory(t), 'repository');
    mkdirSync(visible);
    await output(['mount', '--bind', repositoryPath(), visible]);
    const user = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] as const;
    const finished = await run([...user, join(visible, 'bin/lxcfs'), ...placeArguments(daemonPlace(t))]);
    t.match(finished, { status: 1, stderr: /root/ });
  });
});

t.test('starts that clear their way', { skip: unable('mounts') }, async (t) => {
  t.test('the mount point is made where its parent exists', async (t) => {
    const place = { ...daemonPlace(t), mountPoint: join(temporaryDirectory(t), 'new') };
    const daemon = await startDaemon(t, [], { place });
    t.match(await output(['ls', daemon.path('proc')]), /^meminfo$/m);
  });

  t.test('a dead mount is cleaned up', async (t) => {
    const dead = await startDaemon(t);
    killDaemon(dead);
    t.match(await run(['ls', dead.mountPoint]), { stderr: /not connected|connection abort/ });
    const daemon = await startDaemon(t, [], { place: dead });
    t.match(await output(['ls', daemon.path('proc')]), /^meminfo$/m);
    t.equal(mountsBelow(daemon.mountPoint).length, 1, 'the dead one is gone');
    t.match(daemon.log(), daemon.mountPoint);
  });

  t.test('the pid file of an instance that was killed is taken over', async (t) => {
    const dead = await startDaemon(t);
    killDaemon(dead);
    const daemon = await startDaemon(t, [], { place: { ...daemonPlace(t), pidFile: dead.pidFile } });
    t.equal(readFileSync(dead.pidFile, 'utf8'), `${daemon.pid}\n`);
  });

  t.test('options of the C implementation are accepted', async (t) => {
    const fuse = ['-o', 'allow_other,nonempty,direct_io,entry_timeout=0.5,attr_timeout=0.5'];
    const daemon = await startDaemon(t, ['-f', '-s', '-lu', '--enable-cfs', '--enable-pidfd', ...fuse]);
    t.match(await output(['ls', daemon.path('proc')]), /^meminfo$/m);
  });

  t.test('the log begins with what an operator asks first', async (t) => {
    const daemon = await startDaemon(t, ['--log-format=json']);
    const { version }: { version: string } = JSON.parse(readFileSync(repositoryPath('package.json'), 'utf8'));
    const log = await until('the log', () => daemon.log() || undefined);
    const kernel = readFileSync('/proc/sys/kernel/osrelease', 'latin1').trim();
    for (const fact of [version, process.version, kernel, daemon.mountPoint, 'memory']) {
      t.ok(log.includes(fact), `names ${fact}`);
    }
    for (const line of log.trim().split('\n')) t.type(JSON.parse(line), 'object');
  });
});
