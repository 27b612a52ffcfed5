import t from 'tap';
import { parseMountInfo } from '../../src/procfs/mountinfo.ts';
import { lxcfsMounts } from '../../src/toolkit/find-lxcfs.ts';

const MOUNTS = [
  '20 1 254:0 / / rw - ext4 /dev/vda rw',
  '30 20 0:50 / /srv/lxcfs rw - fuse.lxcfs lxcfs rw,user_id=0',
  '31 20 0:51 / /var/lib/lxc/lxcfs rw - fuse.lxcfs lxcfs rw',
  '32 20 0:52 / /var/lib/lxcfs rw - fuse.lxcfs lxcfs rw',
  '33 20 0:53 / /opt/a\\040b rw - fuse.lxcfs lxcfs rw',
  '34 20 0:52 /proc/meminfo /somewhere/meminfo rw - fuse.lxcfs lxcfs rw',
  '35 20 0:60 / /mnt/other rw - fuse.sshfs host: rw',
];

const parse = (lines: readonly string[]) => parseMountInfo(lines.join('\n'));

t.test('whole trees, the usual places first, then the latest', async (t) => {
  t.same(
    lxcfsMounts(parse(MOUNTS)).map(({ mountPoint }) => mountPoint),
    ['/var/lib/lxcfs', '/var/lib/lxc/lxcfs', '/opt/a b', '/srv/lxcfs'],
  );
  t.match(lxcfsMounts(parse(MOUNTS), '/srv/lxcfs'), [{ device: '0:50' }]);
  t.same(lxcfsMounts(parse(MOUNTS), '/mnt/other'), []);
});

t.test('only the topmost at each place', async (t) => {
  const stacked = [...MOUNTS, '40 32 0:99 / /var/lib/lxcfs rw - fuse.lxcfs lxcfs rw'];
  t.match(lxcfsMounts(parse(stacked), '/var/lib/lxcfs'), [{ device: '0:99' }]);
  const covered = [...stacked, '41 40 0:7 / /var/lib/lxcfs rw - tmpfs tmpfs rw'];
  t.same(lxcfsMounts(parse(covered), '/var/lib/lxcfs'), []);
});
