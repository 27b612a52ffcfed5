import t from 'tap';
import { parseHookState } from '../../src/toolkit/hook-state.ts';

const parse = (state: object) => parseHookState(JSON.stringify({ id: 'c1', pid: 42, ...state }));

t.test('the root directory, as each runtime tells it', async (t) => {
  const bundle = t.testdir({
    relative: { 'config.json': '{"root":{"path":"rootfs"}}' },
    absolute: { 'config.json': '{"root":{"path":"/var/lib/merged"}}' },
    without: { 'config.json': '{"root":{}}' },
  });
  t.same(parse({ root: '/a/rootfs' }), { id: 'c1', pid: 42, rootfs: '/a/rootfs' });
  t.equal(parse({ root: '/a/rootfs', bundle: '/b' }).rootfs, '/a/rootfs', 'iSulad tells both');
  t.equal(parse({ bundle: `${bundle}/relative` }).rootfs, `${bundle}/relative/rootfs`);
  t.equal(parse({ bundlePath: `${bundle}/absolute` }).rootfs, '/var/lib/merged');
  t.throws(() => parse({ bundle: `${bundle}/without` }), { name: 'HookStateError', message: /config\.json/ });
  t.throws(() => parse({ bundle: '/nowhere' }), { code: 'ENOENT' });
});

t.test('input that is no state', async (t) => {
  for (const text of ['', 'null', '"text"', '[]', '{']) {
    t.throws(() => parseHookState(text), { name: 'HookStateError' }, text);
  }
  t.same(
    parseHookState('{"root":"/r","pid":"7"}'),
    { id: '', pid: 0, rootfs: '/r' },
    'no pid that is no number',
  );
});
