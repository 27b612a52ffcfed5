import { readdirSync, readFileSync, statSync } from 'node:fs';
import t from 'tap';
import { clearMountState, makeMountState } from '../../src/supervisor/mount-state.ts';

t.test('the directory is named as systemd would', async (t) => {
  const base = t.testdir();
  const names = {
    '/var/lib/lxcfs': 'var-lib-lxcfs',
    '/': '-',
    '/my dir/a-b': 'my\\x20dir-a\\x2db',
    '/.hidden/x': '\\x2ehidden-x',
    '/d\u00e4': 'd\\xc3\\xa4',
  };
  for (const [mountPoint, name] of Object.entries(names)) {
    t.equal(makeMountState(base, mountPoint), `${base}/${name}`, mountPoint);
    t.equal(statSync(`${base}/${name}`).mode & 0o777, 0o700);
  }
});

t.test('a new mount keeps what is about containers', async (t) => {
  const base = t.testdir({
    mnt: {
      'boot-id': readFileSync('/proc/sys/kernel/random/boot_id'),
      'open-files': 'x',
      nodes: 'x',
      'journal-4711': 'x',
      'session.json': 'x',
      cpu: { '1-2-3': 'x' },
      load: {},
    },
  });
  clearMountState(makeMountState(base, '/mnt'));
  t.same(readdirSync(`${base}/mnt`).sort(), ['boot-id', 'cpu', 'load']);
  t.same(readdirSync(`${base}/mnt/cpu`), ['1-2-3']);
});

t.test('nothing is kept from before the machine started', async (t) => {
  const base = t.testdir({ mnt: { 'boot-id': 'another', nodes: 'x', cpu: { '1-2-3': 'x' } } });
  t.same(readdirSync(makeMountState(base, '/mnt')), ['boot-id']);
  t.same(readdirSync(makeMountState(base, '/mnt')), ['boot-id'], 'and it is written once');
});
