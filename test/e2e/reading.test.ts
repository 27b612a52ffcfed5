import { readdirSync } from 'node:fs';
import t from 'tap';
import { startContainer } from './harness/container.ts';
import type { Daemon } from './harness/daemon.ts';
import { parsePieces, program } from './harness/programs.ts';
import { unable } from './harness/requirements.ts';
import { output } from './harness/run.ts';
import { sharedDaemon } from './harness/shared-daemon.ts';

t.test(
  'whatever the size of the reads, their pieces make one text',
  { skip: unable('mounts') },
  async (t) => {
    const daemon = await sharedDaemon();
    const container = await startContainer(t, { memoryBytes: 256 * 1024 * 1024, cpus: '0' });
    const files = await filesOf(daemon);

    t.test('every file of the container', async (t) => {
      const text = await container.output(program('read-in-pieces', ...files), { limitMillis: 60_000 });
      const results = parsePieces(text);
      t.same(Object.keys(results), files);
      for (const [file, { ways, complaints }] of Object.entries(results)) {
        t.same(complaints, [], `${file}, ${ways} ways`);
      }
    });

    t.test('sendfile and busybox cat, which starts with it', async (t) => {
      const sendfile =
        'import os,sys; f=os.open(sys.argv[1],os.O_RDONLY); print(os.sendfile(os.open("/dev/null",1),f,0,99))';
      const refused = await container.run(['python3', '-c', sendfile, daemon.path('proc/meminfo')]);
      // since Linux 6.5 it would go through the page cache, which containers share; before, it is an ordinary read
      t.match(refused.stderr + refused.stdout, /OSError: \[Errno 22\]|^99\n$/);
      const text = await container.output(['busybox', 'cat', daemon.path('proc/meminfo')]);
      t.match(text, /^MemTotal: +262144 kB\n/);
    });

    t.test('every file, for a reader on the host', async (t) => {
      const results = parsePieces(await output(program('read-in-pieces', ...files), { limitMillis: 60_000 }));
      t.same(
        Object.values(results).flatMap(({ complaints }) => complaints),
        [],
      );
    });
  },
);

/** Every file of proc, and what is special below sys. The tree is walked by another process, with a time limit. */
async function filesOf(daemon: Daemon): Promise<string[]> {
  const found = await output(['find', daemon.path('proc'), '-type', 'f']);
  const proc = found.split('\n').filter(Boolean).sort();
  const cpu = '/sys/devices/system/cpu';
  const sys = ['online', 'offline', 'possible', 'present', 'kernel_max'].filter((name) =>
    readdirSync(cpu).includes(name),
  );
  return [...proc, ...sys.map((name) => daemon.path(`${cpu}/${name}`))];
}
