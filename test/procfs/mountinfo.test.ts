import t from 'tap';
import { parseMountInfo } from '../../src/procfs/mountinfo.ts';

t.test('all fields of a line', (t) => {
  const text = '35 31 0:32 /docker /cg/memory rw,relatime shared:9 master:2 - cgroup cgroup rw,memory\n';
  t.same(parseMountInfo(text), [
    {
      id: 35,
      parentId: 31,
      device: '0:32',
      root: '/docker',
      mountPoint: '/cg/memory',
      mountOptions: ['rw', 'relatime'],
      propagation: ['shared:9', 'master:2'],
      fsType: 'cgroup',
      source: 'cgroup',
      superOptions: ['rw', 'memory'],
    },
  ]);
  t.end();
});

t.test('escapes', (t) => {
  const [mount] = parseMountInfo(
    String.raw`1 2 0:3 /a\040b /tab\011new\012back\134slash\134040 rw - ext4 /dev/my\040disk rw` + '\n',
  );
  t.equal(mount?.root, '/a b');
  t.equal(mount?.mountPoint, '/tab\tnew\nback\\slash\\040');
  t.equal(mount?.source, '/dev/my disk');
  t.end();
});

t.test('UTF-8, read byte by byte', (t) => {
  const text = Buffer.from('1 2 0:3 / /größe rw - ext4 x rw\n').toString('latin1');
  t.equal(parseMountInfo(text)[0]?.mountPoint, '/größe');
  t.end();
});

t.test('a mount point that is called -', (t) => {
  t.match(parseMountInfo('1 2 0:3 - - rw - tmpfs - rw\n'), [
    { root: '-', mountPoint: '-', fsType: 'tmpfs', source: '-' },
  ]);
  t.end();
});

t.test('lines of another form are skipped', (t) => {
  const good = '1 2 0:3 / /mnt rw - ext4 /dev/sda1 rw';
  for (const bad of ['', 'garbage', '1 2 0:3 / /mnt rw', '1 2 0:3 / /mnt rw shared:1 -', '1 2 0:3']) {
    t.equal(parseMountInfo(`${bad}\n${good}\n`).length, 1, JSON.stringify(bad));
  }
  t.match(parseMountInfo('1 2 0:3 / /mnt rw - fuse.x  rw\n'), [{ fsType: 'fuse.x', source: '' }]);
  t.end();
});
