import t from 'tap';
import { parseMembership } from '../../src/cgroup/membership.ts';

t.test('a path for each controller', (t) => {
  const membership = parseMembership(
    '12:cpu,cpuacct:/docker/3f2a\n4:memory:/\n1:name=systemd:/a:b\n0::/user.slice/x (deleted)\n',
  );
  t.same(
    [...membership],
    [
      ['cpu', '/docker/3f2a'],
      ['cpuacct', '/docker/3f2a'],
      ['memory', '/'],
      ['name=systemd', '/a:b'],
      ['', '/user.slice/x (deleted)'],
    ],
  );
  t.end();
});

t.test('text that is not of this form says nothing', (t) => {
  t.same([...parseMembership('')], []);
  t.same([...parseMembership('4:memory\n\nx\n')], []);
  t.end();
});

t.test('paths are UTF-8, though read byte by byte', (t) => {
  const text = Buffer.from('0::/größe\n').toString('latin1');
  t.equal(parseMembership(text).get(''), '/größe');
  t.end();
});

t.test('where systemd puts itself is cut off', (t) => {
  const membership = parseMembership('4:memory:/lxc/a/init.scope\n2:cpu:/init.scope\n0::/lxc/init.scope.d\n');
  t.same(Object.fromEntries(membership), { memory: '/lxc/a', cpu: '/', '': '/lxc/init.scope.d' });
  t.end();
});
