import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const PROGRAM = fileURLToPath(new URL('../../bin/lxcfs', import.meta.url));

function run(command: string, args: readonly string[], cwd = '/', path = process.env['PATH']) {
  const environment = { ...process.env, PATH: path };
  return spawnSync(command, args, { cwd, env: environment, encoding: 'utf8', timeout: 30_000 });
}

t.test('found through symbolic links, however it is called', async (t) => {
  const directory = t.testdir({ deep: {} });
  symlinkSync(PROGRAM, `${directory}/absolute`);
  symlinkSync('../absolute', `${directory}/deep/relative`);
  const path = `${directory}/deep:${process.env['PATH']}`;
  const version = /^\d+\.\d+\.\d+\n$/;
  t.match(run(`${directory}/deep/relative`, ['-v']), { status: 0, stdout: version, stderr: '' });
  t.match(run('relative', ['-v'], '/', path), { status: 0, stdout: version }, 'through PATH');
  t.match(run('deep/relative', ['-v'], directory), { status: 0, stdout: version }, 'relative');
  t.match(
    run('sh', ['relative', '-v'], `${directory}/deep`),
    { status: 0, stdout: version },
    'read by a shell',
  );
});

t.test('arguments arrive as they are', async (t) => {
  const { status, stderr } = run(PROGRAM, ['a b', "c'$d"]);
  t.equal(status, 2);
  t.match(stderr, /too many arguments/);
  t.match(run(PROGRAM, ["--x y'$z"]).stderr, "unknown option '--x y'$z'");
});

t.test('an installation that is not complete says what is missing', async (t) => {
  const directory = t.testdir({ bin: { lxcfs: readFileSync(PROGRAM, 'utf8') }, programs: {} });
  t.match(run('sh', [`${directory}/bin/lxcfs`, '/mnt']), {
    status: 1,
    stderr: /dist\/cli\/lxcfs\.js is missing: run npm ci/,
  });
  const shell = run('sh', ['-c', 'command -v sh']).stdout.trim();
  for (const name of ['readlink', 'dirname']) {
    symlinkSync(run('sh', ['-c', `command -v ${name}`]).stdout.trim(), `${directory}/programs/${name}`);
  }
  t.match(run(shell, [PROGRAM, '/mnt'], '/', `${directory}/programs`), {
    status: 1,
    stderr: /node is not in PATH .*: install Node\.js 20 or newer/,
  });
});

t.test('SIGUSR1 from the first moment to the last neither kills nor opens a port', async (t) => {
  const notDirectory = `${t.testdir({ file: '' })}/file/mnt`;
  for (let round = 0; round < 5; round++) {
    // A start that runs its whole course and fails at the mount point, so that nothing is mounted.
    const args = ['--runtime-dir', t.testdirName, notDirectory];
    // The test's own process ignores nothing; what a child is before it executes the shim is no business of the shim.
    const child = spawn('sh', ['-c', 'trap "" USR1; echo >&3; exec "$@"', 'sh', PROGRAM, ...args], {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    });
    let stderr = '';
    child.stderr?.on('data', (data) => (stderr += String(data)));
    const ended = once(child, 'close');
    await once(child.stdio[3] ?? child, 'data');
    const sockets: string[] = [];
    while (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGUSR1');
      sockets.push(...listeningSockets(child.pid ?? 0));
      await sleep(1);
    }
    await ended;
    t.equal(child.signalCode, null);
    t.equal(child.exitCode, 1);
    t.match(stderr, process.geteuid?.() === 0 ? /cannot be made/ : /needs root/);
    t.notMatch(stderr, /Debugger listening/);
    t.same(sockets, []);
  }
});

/** Addresses of TCP sockets on which a process listens; none once it is gone. */
function listeningSockets(pid: number): string[] {
  const inodes = new Set(descriptorTargets(pid));
  return ['/proc/net/tcp', '/proc/net/tcp6']
    .flatMap((path) => readFileSync(path, 'latin1').split('\n'))
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === '0A' && inodes.has(`socket:[${fields[9]}]`))
    .map((fields) => String(fields[1]));
}

function descriptorTargets(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  } catch {
    return [];
  }
}
