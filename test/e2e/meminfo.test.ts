import { readFileSync } from 'node:fs';
import t from 'tap';
import { startContainer } from './harness/container.ts';
import { meminfoField, meminfoFields } from './harness/proc-text.ts';
import { parseText, program } from './harness/programs.ts';
import { unable } from './harness/requirements.ts';
import { sharedDaemon } from './harness/shared-daemon.ts';

const MIB = 1024 * 1024;

t.test('memory of a container', { skip: unable('mounts') }, async (t) => {
  const daemon = await sharedDaemon();
  const meminfo = daemon.path('proc/meminfo');

  t.test('the limit is the total, and the rest fits below it', async (t) => {
    const container = await startContainer(t, { memoryBytes: 256 * MIB });
    const text = await container.output(['cat', meminfo]);
    const field = (name: string): number => meminfoField(text, name);
    t.equal(field('MemTotal'), 262_144);
    t.ok(field('MemFree') > 200_000, 'a container that does nothing has most of its memory free');
    t.ok(field('MemFree') <= field('MemAvailable') && field('MemAvailable') <= field('MemTotal'), text);
    t.ok(field('Shmem') <= field('Cached') && field('Cached') <= field('MemTotal'), text);
    t.ok(field('MemFree') + field('Buffers') + field('Cached') + field('Slab') <= field('MemTotal'), text);
    t.equal(field('Buffers'), 0);
    t.ok(field('SwapFree') <= field('SwapTotal'), text);
    t.ok(text.length < 4096, 'fits into one read of 4096 bytes');
  });

  t.test('the lines are those of the host, in its order and layout', async (t) => {
    const container = await startContainer(t, { memoryBytes: 256 * MIB });
    const text = await container.output(['cat', meminfo]);
    const host = readFileSync('/proc/meminfo', 'latin1');
    t.same([...meminfoFields(text).keys()], [...meminfoFields(host).keys()]);
    t.same(text.split('\n').map(withoutNumber), host.split('\n').map(withoutNumber));
  });

  t.test('memory in use is not free', async (t) => {
    const container = await startContainer(t, { memoryBytes: 256 * MIB });
    const before = await container.output(['cat', meminfo]);
    const user = container.start(t, program('use-memory', 64 * MIB));
    await user.nextLine();
    const after = await container.output(['cat', meminfo]);
    const growthKb = meminfoField(before, 'MemFree') - meminfoField(after, 'MemFree');
    t.ok(growthKb > 60 * 1024 && growthKb < 90 * 1024, `64 MiB were used, MemFree fell by ${growthKb} kB`);
    t.ok(meminfoField(after, 'AnonPages') > 60 * 1024, after);
  });

  t.test('free shows the limit', { skip: unable('free') }, async (t) => {
    const container = await startContainer(t, { memoryBytes: 256 * MIB }, { bound: daemon });
    const [, total] = /^Mem: +(\d+)/m.exec(await container.output(['free', '-m'])) ?? [];
    t.equal(total, '256');
  });

  t.test('a limit that changes while the file is open shows at the next read', async (t) => {
    const container = await startContainer(t, { memoryBytes: 256 * MIB });
    const reader = container.start(t, program('keep-open', meminfo));
    await reader.nextLine();
    const total = async (): Promise<number> => {
      reader.send('again');
      return meminfoField(parseText(await reader.nextLine()), 'MemTotal');
    };
    t.equal(await total(), 262_144);
    container.cgroup.limit({ memoryBytes: 1024 * MIB });
    t.equal(await total(), 1_048_576);
    container.cgroup.limit({ memoryBytes: 128 * MIB });
    t.equal(await total(), 131_072);
  });

  t.test('the limit of an ancestor counts', async (t) => {
    const outer = await startContainer(t, { memoryBytes: 256 * MIB });
    const inner = await startContainer(t, {}, { cgroup: outer.cgroup.child(t, 'inner') });
    t.equal(meminfoField(await inner.output(['cat', meminfo]), 'MemTotal'), 262_144);
  });

  t.test("without a limit the total is the host's", async (t) => {
    const container = await startContainer(t, {});
    const host = readFileSync('/proc/meminfo', 'latin1');
    t.equal(
      meminfoField(await container.output(['cat', meminfo]), 'MemTotal'),
      meminfoField(host, 'MemTotal'),
    );
  });
});

/** A line of meminfo as it is laid out, whatever its number is. */
function withoutNumber(line: string): string {
  return line.replace(/ +\d+/, (number) => '#'.repeat(number.length));
}
