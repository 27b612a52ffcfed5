import t from 'tap';
import { viewTable } from '../../src/cli/view-table.ts';

t.test('side by side', async (t) => {
  const text = viewTable({
    id: 'web',
    engine: 'lxc',
    pid: 42,
    files: { '/proc/meminfo': 'lxcfs', '/proc/partitions': 'host' },
    container: { memoryTotalKb: 262_144, processors: 1, cpusOnline: '0', uptimeSeconds: 61 },
    host: {
      memoryTotalKb: 8_388_608,
      processors: 4,
      cpusOnline: '0-3',
      uptimeSeconds: 183_845.9,
      disks: ['sda', 'sdb'],
    },
  });
  t.equal(
    text,
    `web (lxc, pid 42)   container   host
memory              256 MiB     8192 MiB
  available         -           -
swap                -           -
  free              -           -
processors          1           4
CPUs online         0           0-3
load average        -           -
uptime              00:01:01    2 d 03:04:05
disks               -           sda sdb

files
  lxcfs   /proc/meminfo
  host    /proc/partitions
`,
  );
});
