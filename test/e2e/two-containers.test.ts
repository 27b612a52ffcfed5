import t from 'tap';
import { startContainer } from './harness/container.ts';
import { repetitions } from './harness/pace.ts';
import { parseReadMany, parseText, program } from './harness/programs.ts';
import { unable } from './harness/requirements.ts';
import { sharedDaemon } from './harness/shared-daemon.ts';

const MIB = 1024 * 1024;
const TOTAL = String.raw`^MemTotal:\s+(\d+) kB$`;

t.test(
  'readers in two containers at once each get their own numbers',
  { skip: unable('mounts') },
  async (t) => {
    const daemon = await sharedDaemon();
    const count = repetitions(5000);
    const sizes = [200, 300];
    const containers = await Promise.all(sizes.map((size) => startContainer(t, { memoryBytes: size * MIB })));
    const readers = containers.flatMap((container) => {
      const command = program('read-many', daemon.path('proc/meminfo'), count, TOTAL);
      return [container.start(t, command), container.start(t, command)];
    });
    const results = await Promise.all(readers.map((reader) => reader.nextLine(60_000)));
    const wanted = [200, 200, 300, 300].map((size) => ({
      seen: { [size * 1024]: count },
      failed: 0,
      failures: [],
    }));
    t.same(
      results.map((line) => parseReadMany(line)),
      wanted,
    );
  },
);

t.test('descriptors that stay open in two containers do not mix', { skip: unable('mounts') }, async (t) => {
  const daemon = await sharedDaemon();
  const small = await startContainer(t, { memoryBytes: 100 * MIB, cpus: '0' });
  const large = await startContainer(t, { memoryBytes: 400 * MIB });
  const open = program('keep-open', daemon.path('proc/meminfo'));
  const [first, second] = [small.start(t, open), large.start(t, open)];
  await Promise.all([first.nextLine(), second.nextLine()]);
  for (let count = 0; count < repetitions(200); count += 1) {
    first.send('again');
    second.send('again');
    const texts = await Promise.all([first.nextLine(), second.nextLine()]);
    const totals = texts.map((text) => /MemTotal: +(\d+)/.exec(parseText(text))?.[1]);
    if (totals[0] !== '102400' || totals[1] !== '409600') t.same(totals, ['102400', '409600']);
  }
  t.pass('all reads were right');
});
