import t from 'tap';
import { meminfoParser } from '../../../src/procfs/meminfo.ts';
import { fillMeminfo, meminfoTemplate } from '../../../src/views/proc/meminfo-template.ts';

function fill(text: string, values: Record<string, number>): string {
  const host = meminfoParser()(text);
  return fillMeminfo(meminfoTemplate(host, values), values);
}

t.test('values where there are any, the machine as it is, 0 for the rest', (t) => {
  const host = `\
MemTotal:       24684092 kB
Buffers:            1136 kB
Mlocked:           15368 kB
Active(anon):       1544 kB
HardwareCorrupted:    77 kB
VmallocTotal:   34359738367 kB
HugePages_Total:       3
Hugepagesize:       2048 kB
DirectMap1G:    25165824 kB
`;
  const expected = `\
MemTotal:         262144 kB
Buffers:               0 kB
Mlocked:               0 kB
Active(anon):         12 kB
HardwareCorrupted:     0 kB
VmallocTotal:   34359738367 kB
HugePages_Total:       3
Hugepagesize:       2048 kB
DirectMap1G:           0 kB
`;
  t.equal(fill(host, { MemTotal: 262144, 'Active(anon)': 12, Slab: 99 }), expected);
  t.end();
});

t.test('numbers too wide for their column', (t) => {
  t.equal(fill('MemTotal: 1 kB\n', { MemTotal: 123456789012 }), 'MemTotal:       123456789012 kB\n');
  t.end();
});
