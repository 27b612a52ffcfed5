import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { takePidFile } from '../../src/supervisor/pid-file.ts';

/** Starts a process that runs `script` in python3 and says when it is ready. */
async function otherProcess(script: string): Promise<ChildProcess> {
  const child = spawn(
    'python3',
    ['-c', `${script}\nprint("ready", flush=True)\nimport time\ntime.sleep(30)`],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  await once(child.stdout, 'data');
  return child;
}

t.test('a pid file is written, kept locked and removed', async (t) => {
  const path = `${t.testdir()}/x.pid`;
  const file = takePidFile(path, 4711);
  t.equal(readFileSync(path, 'latin1'), '4711\n');
  t.equal(statSync(path).mode & 0o777, 0o600);
  t.throws(() => takePidFile(path, 4712), {
    name: 'StartError',
    kind: 'pid-file-locked',
    message: /x\.pid is locked by a running lxcfs, process 4711: stop that one first/,
  });
  t.equal(readFileSync(path, 'latin1'), '4711\n', 'the second one left it alone');
  file.remove();
  t.notOk(existsSync(path));
  takePidFile(path, 4713).remove();
});

t.test('a file that a dead process left is taken over whole', async (t) => {
  const path = `${t.testdir({ 'x.pid': '123456789\nmore' })}/x.pid`;
  const file = takePidFile(path, 1);
  t.equal(readFileSync(path, 'latin1'), '1\n');
  file.remove();
});

t.test('the lock of another process ends with it, however it ends', async (t) => {
  const path = `${t.testdir({ 'x.pid': '77\n' })}/x.pid`;
  const holder = await otherProcess(`import fcntl\nf = open("${path}")\nfcntl.flock(f, fcntl.LOCK_EX)`);
  t.teardown(() => holder.kill('SIGKILL'));
  t.throws(() => takePidFile(path, 1), { kind: 'pid-file-locked', message: /process 77:/ });
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  takePidFile(path, 1).remove();
});

t.test('the fcntl lock of the C implementation counts', async (t) => {
  const path = `${t.testdir({ 'x.pid': '' })}/x.pid`;
  const holder = await otherProcess(`import fcntl\nf = open("${path}", "r+")\nfcntl.lockf(f, fcntl.LOCK_EX)`);
  t.teardown(() => holder.kill('SIGKILL'));
  t.throws(() => takePidFile(path, 1), {
    kind: 'pid-file-locked',
    message: new RegExp(`process ${holder.pid}:`),
  });
  t.equal(readFileSync(path, 'latin1'), '');
});

t.test('a file that is no longer ours is not removed', async (t) => {
  const directory = t.testdir();
  const path = `${directory}/x.pid`;
  const file = takePidFile(path, 1);
  renameSync(path, `${directory}/elsewhere`);
  writeFileSync(path, '2\n');
  file.remove();
  t.equal(readFileSync(path, 'latin1'), '2\n');
});

t.test('a place that cannot be written', async (t) => {
  const directory = t.testdir({ target: 'precious' });
  symlinkSync('target', `${directory}/link`);
  t.throws(() => takePidFile(`${directory}/missing/x.pid`, 1), {
    kind: 'pid-file',
    message: /ENOENT\): create its directory/,
  });
  t.throws(() => takePidFile(`${directory}/link`, 1), { kind: 'pid-file', message: /ELOOP/ });
  t.equal(readFileSync(`${directory}/target`, 'latin1'), 'precious');
});
