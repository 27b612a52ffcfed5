import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { pino } from 'pino';
import t, { type Test } from 'tap';
import { parseMountInfo } from '../../src/procfs/mountinfo.ts';
import { prepareMountPoint } from '../../src/supervisor/mount-point.ts';

/** Removed after every test's own teardown, which unmounts. */
const mountsDirectory = t.testdir({ dead: {}, hung: {}, adopted: {} });

const isRoot = process.geteuid?.() === 0;

function logInto(lines: string[]) {
  return pino({ base: null, timestamp: false }, { write: (line: string) => lines.push(line) });
}

/** A FUSE mount whose daemon is this process, which never answers: returns the descriptor that keeps it from being dead. */
function mountFuse(t: Test, directory: string, type: string): number {
  const fd = openSync('/dev/fuse', 'r+');
  const options = `fd=3,rootmode=40000,user_id=0,group_id=0`;
  const mounted = spawnSync('mount', ['-i', '-t', type, '-o', options, 'test', directory], {
    stdio: ['ignore', 'inherit', 'inherit', fd],
  });
  t.equal(mounted.status, 0, 'mounted');
  t.teardown(() => spawnSync('umount', ['-l', directory], { timeout: 5_000 }));
  return fd;
}

function mountsAt(directory: string): string[] {
  const mounts = parseMountInfo(readFileSync('/proc/self/mountinfo', 'latin1'));
  return mounts.filter(({ mountPoint }) => mountPoint === directory).map(({ fsType }) => fsType);
}

t.test('a directory is used, and made where its parent is there', async (t) => {
  const directory = t.testdir({ there: {} });
  const log = logInto([]);
  t.same(await prepareMountPoint(`${directory}/there`, log), {
    path: `${directory}/there`,
    served: undefined,
    answers: false,
  });
  t.match(await prepareMountPoint(`${directory}/new`, log), { path: `${directory}/new`, served: undefined });
  t.ok(statSync(`${directory}/new`).isDirectory());
  await t.rejects(prepareMountPoint(`${directory}/no/new`, log), {
    kind: 'mount-point-missing',
    message: `mount point ${directory}/no/new cannot be made (ENOENT): mkdir -p ${directory}/no/new`,
  });
  writeFileSync(`${directory}/file`, '');
  await t.rejects(prepareMountPoint(`${directory}/file/new`, log), {
    kind: 'mount-point-missing',
    message: /cannot be made \(ENOTDIR\)/,
  });
});

t.test('symbolic links are followed', async (t) => {
  const directory = t.testdir({ real: { deep: {} } });
  symlinkSync('real', `${directory}/a`);
  symlinkSync('a/deep', `${directory}/b`);
  const log = logInto([]);
  t.match(await prepareMountPoint(`${directory}/b`, log), { path: `${directory}/real/deep` });
  t.match(await prepareMountPoint(`${directory}/a/new`, log), { path: `${directory}/real/new` });
});

t.test('a file is refused', async (t) => {
  const path = `${t.testdir({ file: '' })}/file`;
  await t.rejects(prepareMountPoint(path, logInto([])), {
    kind: 'mount-point-not-directory',
    message: `${path} is not a directory: name a directory`,
  });
});

t.test('dead mounts are cleared away', { skip: !isRoot && 'mounting needs root' }, async (t) => {
  const directory = `${mountsDirectory}/dead`;
  closeSync(mountFuse(t, directory, 'fuse.lxcfs'));
  closeSync(mountFuse(t, directory, 'fuse.lxcfs'));
  const lines: string[] = [];
  t.match(await prepareMountPoint(directory, logInto(lines)), { path: directory, served: undefined });
  t.same(mountsAt(directory), []);
  t.equal(lines.length, 2);
  t.match(lines[0], /dead mount of a daemon that is gone/);
});

t.test(
  'a mount that hangs is named and left alone',
  { skip: !isRoot && 'mounting needs root' },
  async (t) => {
    const directory = `${mountsDirectory}/hung`;
    const fd = mountFuse(t, directory, 'fuse.other');
    await t.rejects(prepareMountPoint(directory, logInto([])), {
      kind: 'mount-point-hung',
      message: `${directory} is a mount of type fuse.other that does not answer within 5 s: end the daemon that serves it, or umount -l ${directory}`,
    });
    t.same(mountsAt(directory), ['fuse.other']);
    closeSync(fd);
  },
);

t.test('an lxcfs that hangs may be adopted', { skip: !isRoot && 'mounting needs root' }, async (t) => {
  const directory = `${mountsDirectory}/adopted`;
  const fd = mountFuse(t, directory, 'fuse.lxcfs');
  const found = await prepareMountPoint(directory, logInto([]));
  t.match(found, { path: directory, served: { fsType: 'fuse.lxcfs' }, answers: false });
  const asked: string[] = [];
  const isAdoptable = (path: string): boolean => asked.push(path) > 0;
  t.same(await prepareMountPoint(directory, logInto([]), isAdoptable), found, 'sooner, where it is known');
  t.same(asked, [directory]);
  closeSync(fd);
});
