import t from 'tap';
import { summarize } from '../../src/toolkit/summary.ts';

t.test('the figures of the files', async (t) => {
  t.same(
    summarize([
      {
        path: '/proc/meminfo',
        text: 'MemTotal:         262144 kB\nMemAvailable:     261000 kB\nSwapTotal:             0 kB\n',
      },
      { path: '/proc/cpuinfo', text: 'processor\t: 0\nmodel name\t: processor x\n\nprocessor\t: 1\n\n' },
      { path: '/sys/devices/system/cpu/online', text: '0-1\n' },
      { path: '/proc/loadavg', text: '0.31 0.20 0.11 1/3 42\n' },
      { path: '/proc/uptime', text: '93784.50 187569.00\n' },
      { path: '/proc/diskstats', text: '   8       0 sda 1 0 2\n 253       0 vda 3 0 4\n' },
    ]),
    {
      memoryTotalKb: 262_144,
      memoryAvailableKb: 261_000,
      swapTotalKb: 0,
      processors: 2,
      cpusOnline: '0-1',
      loadAverage: '0.31 0.20 0.11',
      uptimeSeconds: 93_784.5,
      disks: ['sda', 'vda'],
    },
  );
});

t.test('what cannot be read is left out, not 0', async (t) => {
  t.same(summarize([{ path: '/proc/meminfo', errno: 'ENOTCONN' }]), {});
});
