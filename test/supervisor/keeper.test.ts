import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { keeperOf } from '../../src/supervisor/keeper.ts';

/** A process that looks like a keeper of a state directory, with `file` where that has the mount. */
function pretend(t: Test, name: string, stateDirectory: string, file: string): ChildProcess {
  const script = 'exec 3<"$4"; echo; read -r _';
  const child = spawn('sh', ['-c', script, name, '30', stateDirectory, '', file], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  return child;
}

t.test('who is a keeper, and of what', { skip: !existsSync('/dev/fuse') && 'no /dev/fuse' }, async (t) => {
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
