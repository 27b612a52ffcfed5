import t from 'tap';
import { parseMountInfo } from '../../src/procfs/mountinfo.ts';
import { isLxcfs, peerGroups, sharedGroup } from '../../src/toolkit/mount-table.ts';

const [shared, slave, both, lxcfs] = parseMountInfo(
  [
    '20 1 254:0 / / rw shared:5 - ext4 /dev/vda rw',
    '21 20 0:30 / /run rw master:6 - tmpfs tmpfs rw',
    '22 20 0:31 / /mnt rw shared:7 master:8 propagate_from:5 - tmpfs tmpfs rw',
    '23 20 0:32 /proc/stat /proc/stat rw - fuse.lxcfs lxcfs rw',
  ].join('\n'),
);

t.test('with whom mounts are exchanged', async (t) => {
  if (!shared || !slave || !both || !lxcfs) throw new Error('four mounts');
  t.same([shared, slave, both, lxcfs].map(sharedGroup), ['5', undefined, '7', undefined]);
  t.same([...peerGroups([shared, slave, both, lxcfs])], ['5', '6', '7', '8']);
  t.same([shared, lxcfs].map(isLxcfs), [false, true]);
});
