import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { DescriptorPool, KernelFile, errnoOf, isGone, isShortage } from '../../src/procfs/kernel-file.ts';

t.test('each read sees the present content', (t) => {
  const root = t.testdir({ value: 'one\n' });
  const pool = new DescriptorPool(10);
  const file = new KernelFile(root, 'value', pool);
  t.equal(pool.size, 0, 'not open before the first read');
  t.equal(file.read(), 'one\n');
  writeFileSync(`${root}/value`, 'three\n');
  t.equal(file.read(), 'three\n');
  t.equal(file.readToEnd(), 'three\n');
  t.equal(pool.size, 1);
  file.close();
  file.close();
  t.equal(pool.size, 0);
  t.equal(file.read(), 'three\n', 'opened again');
  file.close();
  t.end();
});

t.test('a file that comes later', (t) => {
  const root = t.testdir({});
  const file = new KernelFile(root, 'value', new DescriptorPool(10));
  t.equal(file.read(), undefined);
  t.equal(file.readToEnd(), undefined);
  writeFileSync(`${root}/value`, 'here\n');
  t.equal(file.read(), 'here\n');
  file.close();
  t.end();
});

t.test('a file larger than the buffer', (t) => {
  const text = 'x'.repeat(300_000);
  const root = t.testdir({ large: text, small: 'small\n' });
  const pool = new DescriptorPool(10);
  t.equal(new KernelFile(root, 'large', pool).read(), text);
  t.equal(new KernelFile(root, 'large', pool).readToEnd(), text);
  t.same(new KernelFile(root, 'large', pool).readBytes(), Buffer.from(text));
  t.equal(new KernelFile(root, 'small', pool).read(), 'small\n');
  t.end();
});

t.test('a file of many records, of which one read gives a part', (t) => {
  const file = new KernelFile('/proc/self', 'mountinfo', new DescriptorPool(1));
  t.equal(file.readToEnd(), readFileSync('/proc/self/mountinfo', 'latin1'));
  file.close();
  t.end();
});

t.test('the least recently used files are closed when there are too many', (t) => {
  const root = t.testdir(Object.fromEntries(Array.from({ length: 8 }, (_, n) => [`f${n}`, `${n}\n`])));
  const pool = new DescriptorPool(4);
  const files = Array.from({ length: 8 }, (_, n) => new KernelFile(root, `f${n}`, pool));
  const before = openDescriptors();
  for (let round = 0; round < 3; round++) {
    for (const [n, file] of files.entries()) {
      files[0]?.read();
      t.equal(file.read(), `${n}\n`);
      t.ok(pool.size <= 4);
    }
  }
  t.ok(openDescriptors() - before <= 4);
  for (const file of files) file.close();
  t.equal(openDescriptors(), before);
  t.end();
});

t.test('errors other than absence are thrown', (t) => {
  const root = t.testdir({ directory: {} });
  const pool = new DescriptorPool(10);
  t.throws(() => new KernelFile(root, 'directory', pool).read(), { code: 'EISDIR' });
  t.throws(() => new KernelFile(root, 'directory', pool).readToEnd(), { code: 'EISDIR' });
  t.throws(() => new KernelFile(root, 'directory', pool).readBound(), { code: 'EISDIR' });
  t.equal(pool.size, 0);
  t.end();
});

t.test('a process file is bound to the process, whoever gets its number later', async (t) => {
  const child = spawn('sleep', ['60']);
  const pool = new DescriptorPool(10);
  const file = new KernelFile(`/proc/${child.pid}`, 'cgroup', pool);
  t.match(file.readBound(), /:\//);
  child.kill('SIGKILL');
  await once(child, 'exit');
  t.equal(file.readBound(), undefined);
  t.equal(pool.size, 0);
  t.equal(file.readBound(), undefined);
});

t.test('a bound file that was closed is not opened again', (t) => {
  const file = new KernelFile('/proc/self', 'cgroup', new DescriptorPool(10));
  t.ok(file.readBound());
  file.close();
  t.equal(file.readBound(), undefined);
  t.equal(new KernelFile('/proc/0', 'cgroup', new DescriptorPool(1)).readBound(), undefined);
  t.end();
});

t.test('many other files do not cost a process its descriptor', (t) => {
  const root = t.testdir(Object.fromEntries(Array.from({ length: 8 }, (_, n) => [`f${n}`, `${n}\n`])));
  const pool = new DescriptorPool(4);
  const process = new KernelFile('/proc/self', 'cgroup', pool);
  t.ok(process.readBound());
  for (let n = 0; n < 8; n++) t.equal(new KernelFile(root, `f${n}`, pool).read(), `${n}\n`);
  t.ok(process.readBound(), 'although it is the oldest');
  const others = Array.from({ length: 8 }, () => new KernelFile('/proc/self', 'cgroup', pool));
  for (const other of others) t.ok(other.readBound());
  t.ok(pool.size <= 4, 'bound ones go where there is nothing else');
  t.end();
});

const CGROUPS = '/sys/fs/cgroup/memory';
t.test(
  'a cgroup that is removed, and made again under its name',
  { skip: readable(`${CGROUPS}/cgroup.procs`) ? false : `no ${CGROUPS} on this machine` },
  (t) => {
    const directory = `${CGROUPS}/lxcfs-test-${process.pid}`;
    mkdirSync(directory);
    t.teardown(() => {
      if (readable(`${directory}/cgroup.procs`)) rmdirSync(directory);
    });
    const file = new KernelFile(directory, 'memory.limit_in_bytes', new DescriptorPool(10));
    t.equal(file.read(), '9223372036854771712\n');
    rmdirSync(directory);
    t.equal(file.read(), undefined);
    mkdirSync(directory);
    t.equal(file.read(), '9223372036854771712\n');
    writeFileSync(`${directory}/memory.limit_in_bytes`, '1048576');
    t.equal(file.read(), '1048576\n', 'through the descriptor that is kept');
    rmdirSync(directory);
    mkdirSync(directory);
    t.equal(file.read(), '9223372036854771712\n', 'both between two reads');
    file.close();
    t.end();
  },
);

t.test('errors', (t) => {
  const enodev = Object.assign(new Error('gone'), { code: 'ENODEV' });
  t.equal(errnoOf(enodev), 'ENODEV');
  t.equal(errnoOf(new Error('other')), '');
  t.equal(errnoOf('text'), '');
  t.equal(isGone(enodev), true);
  t.equal(isShortage(enodev), false);
  t.equal(isShortage(Object.assign(new Error('full'), { code: 'EMFILE' })), true);
  t.end();
});

/** To be compared only: reading the directory opens one more. */
function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

function readable(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}

t.test('files that come and go in a pool with little room', async (t) => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const root = t.testdir(Object.fromEntries(names.map((name) => [name, `${name}\n`])));
  const pool = new DescriptorPool(4);
  const files = names.map((name) => new KernelFile(root, name, pool));
  const never = new KernelFile(root, 'a', pool);
  for (let count = 0; count < 100; count++) {
    const file = files[(count * 7 + (count >> 3)) % files.length];
    t.equal(file?.read(), `${file?.name}\n`);
    if (count % 5 === 0) files[count % files.length]?.close();
    never.close(); // it has no place, and takes none away
    pool.delete(never);
    t.ok(pool.size <= 4);
  }
  for (const file of files) file.close();
  t.equal(pool.size, 0, 'each was in it once');
});
