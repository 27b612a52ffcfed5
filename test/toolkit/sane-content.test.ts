import t from 'tap';
import { complaintAbout } from '../../src/toolkit/sane-content.ts';

const CASES: readonly (readonly [path: string, text: string, complaint: RegExp | undefined])[] = [
  ['/proc/meminfo', 'MemTotal:         262144 kB\nMemFree:          261432 kB\n', undefined],
  [
    '/proc/meminfo',
    'MemTotal:         262144 kB\nMemFree:          262145 kB\n',
    /MemFree 262145 kB of MemTotal 262144 kB/,
  ],
  ['/proc/meminfo', 'MemTotal:              0 kB\nMemFree:               0 kB\n', /MemTotal 0 kB/],
  ['/proc/meminfo', 'MemTotal: -1 kB\nMemFree: 1 kB\n', /not as expected: "MemTotal: -1 kB"/],
  ['/proc/meminfo', '', /is empty/],
  ['/proc/uptime', '5.02 9.87\n', undefined],
  ['/proc/uptime', '5.02 9.87', /newline/],
  ['/proc/uptime', '-5.02 9.87\n', /not as expected/],
  ['/proc/stat', 'cpu  1 0 2 3 0 0 0 0 0 0\ncpu0 1 0 2 3 0 0 0 0 0 0\n', undefined],
  ['/proc/stat', 'cpu  1 0 NaN 3 0 0 0 0 0 0\n', /not as expected/],
  ['/proc/loadavg', '0.31 0.20 0.11 1/3 42\n', undefined],
  ['/proc/swaps', 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n', undefined],
  ['/proc/cpuinfo', 'processor\t: 0\nvendor_id\t: GenuineIntel\n\n', undefined],
  ['/sys/devices/system/cpu/online', '0,2-3\n', undefined],
  ['/sys/devices/system/cpu/online', '\n', /not as expected/],
  ['/proc/something', 'anything', undefined],
];

t.test('what the kernel could have written, and what not', async (t) => {
  for (const [path, text, complaint] of CASES) {
    const actual = complaintAbout(path, text);
    if (complaint === undefined) t.equal(actual, undefined, JSON.stringify(text));
    else t.match(actual, complaint, JSON.stringify(text));
  }
});
