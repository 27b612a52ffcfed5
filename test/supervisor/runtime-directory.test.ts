import { chmodSync, chownSync, mkdirSync, statSync, symlinkSync } from 'node:fs';
import t from 'tap';
import { makeStateDirectory } from '../../src/supervisor/runtime-directory.ts';

t.test('made where missing, with its parents, for its owner alone', async (t) => {
  const runtime = `${t.testdir()}/run/deep`;
  t.equal(makeStateDirectory(runtime), `${runtime}/lxcfs`);
  t.equal(statSync(`${runtime}/lxcfs`).mode & 0o7777, 0o700);
  chmodSync(`${runtime}/lxcfs`, 0o755);
  t.equal(makeStateDirectory(runtime), `${runtime}/lxcfs`);
  t.equal(statSync(`${runtime}/lxcfs`).mode & 0o7777, 0o700, 'closed again');
});

t.test('what somebody else put there is refused', async (t) => {
  const directory = t.testdir({ file: { lxcfs: '' }, link: {}, elsewhere: {} });
  t.throws(() => makeStateDirectory(`${directory}/file`), {
    kind: 'runtime-directory',
    message: /EEXIST\): remove it, or choose another place with --runtime-dir/,
  });
  symlinkSync(`${directory}/elsewhere`, `${directory}/link/lxcfs`);
  t.throws(() => makeStateDirectory(`${directory}/link`), { message: /it is not a directory/ });
});

t.test('where nothing can be made', async (t) => {
  t.throws(() => makeStateDirectory('/proc/none/run'), { message: /nothing can be made in \/proc/ });
});

t.test(
  'a directory of another user is refused',
  { skip: process.geteuid?.() !== 0 && 'needs root' },
  async (t) => {
    const runtime = t.testdir();
    mkdirSync(`${runtime}/lxcfs`);
    chownSync(`${runtime}/lxcfs`, 1000, 1000);
    t.throws(() => makeStateDirectory(runtime), { message: /it belongs to uid 1000/ });
  },
);
