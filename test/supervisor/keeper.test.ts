import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { endKeeper, KEEPER_SCRIPT, keeperOf } from '../../src/supervisor/keeper.ts';
import { childrenOf, isAlive } from '../e2e/harness/processes.ts';
import { output } from '../e2e/harness/run.ts';
import { isInstalled } from '../e2e/harness/requirements.ts';
import { until } from '../e2e/harness/wait.ts';

const noDevice = !existsSync('/dev/fuse') && 'no /dev/fuse';

/** A process that looks like a keeper of a state directory, with `file` where that has the mount. */
function pretend(t: Test, name: string, stateDirectory: string, file: string): ChildProcess {
  const script = 'exec 3<"$4"; echo; read -r _';
  const child = spawn('sh', ['-c', script, name, '30', stateDirectory, '', file], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  return child;
}

t.test('who is a keeper, and of what', { skip: noDevice }, async (t) => {
  const stateDirectory = t.testdir();
  const keeperIs = (text: string): number | undefined => {
    writeFileSync(`${stateDirectory}/keeper`, text);
    return keeperOf(stateDirectory);
  };
  t.equal(keeperOf(stateDirectory), undefined, 'nobody is on record');
  for (const text of ['', 'undefined\n', '-1\n', '1e999\n', `${process.pid}\n`])
    t.equal(keeperIs(text), undefined, JSON.stringify(text));
  const cases: readonly (readonly [name: string, directory: string, file: string, isOne: boolean])[] = [
    ['lxcfs-keeper', stateDirectory, '/dev/fuse', true],
    ['lxcfs-keeper', stateDirectory, '/dev/null', false],
    ['lxcfs-keeper', '/another', '/dev/fuse', false],
    ['another', stateDirectory, '/dev/fuse', false],
  ];
  for (const [name, directory, file, isOne] of cases) {
    const child = pretend(t, name, directory, file);
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    t.equal(
      keeperIs(`${child.pid}\n`),
      isOne ? child.pid : undefined,
      `${name} of ${directory} with ${file}`,
    );
  }
});

for (const shell of ['dash', 'bash', 'busybox']) {
  const skip = noDevice || (!isInstalled(shell) && `no ${shell}`);
  t.test(`${shell} is known as a keeper also when its lifeline has ended`, { skip }, async (t) => {
    const stateDirectory = t.testdir();
    symlinkSync((await output(['sh', '-c', `command -v ${shell}`])).trim(), `${stateDirectory}/sh`);
    const fuse = openSync('/dev/fuse', 'r+');
    const child = spawn(`${stateDirectory}/sh`, ['-c', KEEPER_SCRIPT, 'lxcfs-keeper', '60', stateDirectory], {
      detached: true,
      stdio: ['pipe', 'ignore', 'inherit', fuse],
    });
    closeSync(fuse);
    const { pid = 0 } = child;
    t.teardown(() => child.kill('SIGKILL'));
    writeFileSync(`${stateDirectory}/keeper`, `${pid}\n`);
    await until('its start', () => keeperOf(stateDirectory));
    child.stdin?.end();
    const [sleeper] = await until('its sleep', () => {
      const children = childrenOf(pid);
      return children.length > 0 ? children : undefined;
    });
    t.equal(keeperOf(stateDirectory), pid);
    endKeeper(pid, stateDirectory);
    await until('its end', () => (isAlive(pid) || isAlive(sleeper?.pid ?? 0) ? undefined : true));
  });
}
