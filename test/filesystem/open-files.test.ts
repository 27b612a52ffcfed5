import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import t, { type Test } from 'tap';
import { createSlotTable, OpenFiles, recoverSlots } from '../../src/filesystem/open-files.ts';
import { Random } from '../random.ts';

const HEADER = 16;
/** No handle is 0. */
const NO_HANDLE = 0;

/** Two threads of one server over a fresh file. */
function twoThreads(t: Test): { path: string; first: OpenFiles; second: OpenFiles } {
  const path = `${t.testdir()}/open-files`;
  const slotTable = createSlotTable();
  return { path, first: new OpenFiles(path, slotTable), second: new OpenFiles(path, slotTable) };
}

function loaded(files: OpenFiles, handle: number, offset: number, size: number): string | undefined {
  const reply = Buffer.alloc(HEADER + 4096, 0xee);
  const count = files.load(handle, offset, size, reply);
  return count === undefined ? undefined : reply.toString('latin1', HEADER, HEADER + count);
}

function stored(files: OpenFiles, handle: number, text: string, offset = 0, size = 4096): string {
  const reply = Buffer.alloc(HEADER + 4096, 0xee);
  const count = files.store(handle, text, offset, size, reply);
  return reply.toString('latin1', HEADER, HEADER + count);
}

t.test('what one thread stores, the other one loads, in any pieces', async (t) => {
  const { first, second } = twoThreads(t);
  const handle = first.open();
  t.equal(loaded(second, handle, 0, 10), undefined, 'nothing was rendered yet');
  t.equal(stored(first, handle, 'MemTotal: 1\nMemFree: 2\n', 0, 8), 'MemTotal');
  t.equal(loaded(second, handle, 8, 3), ': 1');
  t.equal(loaded(second, handle, 12, 4096), 'MemFree: 2\n');
  t.equal(loaded(second, handle, 23, 1), '', 'the end');
  t.equal(loaded(second, handle, 1e9, 1), '', 'beyond the end');
  t.equal(stored(second, handle, 'new', 1, 1), 'e', 'a first read that does not start at the beginning');
  t.equal(loaded(first, handle, 0, 99), 'new');
});

t.test('a text longer than a reply', async (t) => {
  const { first } = twoThreads(t);
  const handle = first.open();
  const text = Array.from({ length: 30_000 }, (_, line) => `${line}`).join('\n');
  t.equal(stored(first, handle, text), text.slice(0, 4096));
  t.equal(loaded(first, handle, 100_000, 20), text.slice(100_000, 100_020));
});

t.test('handles are told apart, also when a slot is used again', async (t) => {
  const { first, second } = twoThreads(t);
  const old = first.open();
  stored(first, old, 'old');
  first.release(old);
  const next = first.open();
  t.not(next, old);
  t.equal(loaded(second, old, 1, 9), undefined, 'a released handle shows nothing');
  t.equal(loaded(second, next, 1, 9), undefined, 'nor does the new one of its slot show the old text');
  first.release(old); // once more, as after a crash
  stored(first, next, 'next');
  t.equal(loaded(second, next, 0, 9), 'next');
});

t.test(
  'a successor finds the handles and texts of a server that is gone, and gives out others',
  async (t) => {
    const { path, first } = twoThreads(t);
    const handles = Array.from({ length: 20 }, () => first.open());
    handles.forEach((handle, index) => stored(first, handle, `text ${index}`));
    const [released = NO_HANDLE, ...kept] = handles;
    first.release(released);

    const slotTable = createSlotTable();
    t.equal(recoverSlots(path, slotTable), 19);
    const successor = new OpenFiles(path, slotTable);
    kept.forEach((handle, index) => t.equal(loaded(successor, handle, 0, 99), `text ${index + 1}`));
    const fresh = Array.from({ length: 20 }, () => successor.open());
    t.equal(
      new Set([...kept, ...fresh].map((handle) => handle % 2 ** 32)).size,
      39,
      'no slot has two handles',
    );
  },
);

t.test('without a handle everything is rendered anew and nothing kept', async (t) => {
  const { first } = twoThreads(t);
  t.equal(stored(first, NO_HANDLE, 'text', 1, 2), 'ex');
  t.equal(loaded(first, NO_HANDLE, 1, 2), undefined);
  t.equal(loaded(first, Number.NaN, 1, 2), undefined, 'a handle that was never given out');
  t.equal(loaded(first, 2 ** 53 - 1, 1, 2), undefined);
});

t.test('random use by two threads', async (t) => {
  const { first, second } = twoThreads(t);
  const random = new Random(4711);
  const open = new Map<number, string>();
  for (let step = 0; step < 20_000; step++) {
    const files = random.pick([first, second]);
    const [handle] = [...open.keys()].slice(random.below(Math.max(1, open.size)));
    const action = random.below(4);
    if (handle === undefined || (action === 0 && open.size < 50)) {
      const fresh = files.open();
      if (open.has(fresh)) t.fail('a handle was given out twice');
      open.set(fresh, stored(files, fresh, `${step}`));
    } else if (action === 1) {
      files.release(handle);
      open.delete(handle);
    } else if (loaded(files, handle, 0, 99) !== open.get(handle))
      t.fail('a handle shows what is not its own');
  }
  t.ok(open.size > 0);
});

t.test('the memory of many open files is given back', async (t) => {
  const { path, first, second } = twoThreads(t);
  const handles = Array.from({ length: 1000 }, (_, index) => (index % 2 === 0 ? first : second).open());
  handles.forEach((handle) => stored(first, handle, 'x'.repeat(5000)));
  const blocks = (): number => statSync(path).blocks;
  const most = blocks();
  for (const handle of handles.slice(10)) second.release(handle);
  t.ok(blocks() < most / 3, `${most} blocks became ${blocks()}`);
  t.equal(loaded(second, handles[9] ?? NO_HANDLE, 4998, 9), 'xx', 'what is open is as it was');
  const again = first.open();
  t.equal(stored(first, again, 'new'), 'new');
  t.equal(loaded(second, again, 0, 9), 'new');
});

t.test('what very many open files keep is bounded; the others are rendered anew', async (t) => {
  const path = `${t.testdir()}/open-files`;
  const mostBytes = 800 * 4096;
  const files = new OpenFiles(path, createSlotTable(), mostBytes);
  const handles = Array.from({ length: 3000 }, (_, index) => {
    const handle = files.open();
    t.equal(stored(files, handle, `text ${index}`.padEnd(5000)).trim(), `text ${index}`);
    return handle;
  });
  t.ok(statSync(path).blocks * 512 < mostBytes + 16_384, `${statSync(path).blocks} blocks`);
  const kept = handles.filter((handle) => loaded(files, handle, 0, 1) !== undefined);
  t.ok(kept.length >= 300, `${kept.length} texts are kept`);
  t.same([...new Set(handles.slice(800))], [NO_HANDLE], 'nothing is kept of what is beyond');
  for (const handle of kept) files.release(handle);
  const next = files.open();
  stored(files, next, 'next');
  t.equal(loaded(files, next, 0, 9), 'next', 'there is room again');
});

const noMounts = process.getuid?.() === 0 ? false : 'mounting needs root';

t.test('where the file system is full, texts are rendered anew', { skip: noMounts }, async (t) => {
  const directory = mkdtempSync(`${tmpdir()}/open-files-`);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', directory]);
  t.teardown(() => {
    execFileSync('umount', ['-l', directory]);
    rmdirSync(directory);
  });
  const slotTable = createSlotTable();
  const files = new OpenFiles(`${directory}/open-files`, slotTable);
  const handles = Array.from({ length: 50 }, () => files.open());
  t.equal(new Set(handles).size, 50, 'every open succeeds');
  const [roomy = NO_HANDLE] = handles;
  const last = handles.at(-1) ?? NO_HANDLE;
  t.equal(stored(files, roomy, 'old text'), 'old text');
  t.equal(stored(files, roomy, 'y'.repeat(100_000), 0, 4), 'yyyy', 'too long for the room that is left');
  t.equal(loaded(files, roomy, 4, 4), undefined, 'neither the old text nor half of the new one is shown');
  t.equal(stored(files, last, 'short'), 'short');
  t.equal(loaded(files, last, 5, 4), '', 'the end is known all the same');
  for (const handle of handles) files.release(handle);
  t.equal(recoverSlots(`${directory}/open-files`, createSlotTable()), 0, 'nothing stays taken');
});
