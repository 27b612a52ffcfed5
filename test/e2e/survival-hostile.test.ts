import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startBackground } from './harness/background.ts';
import { startContainer } from './harness/container.ts';
import { startDaemon } from './harness/daemon.ts';
import { parseWatchAll, program, programIn } from './harness/programs.ts';
import { repositoryPath } from './harness/repository.ts';
import { unable } from './harness/requirements.ts';
import { serverAtWork } from './harness/server-at-work.ts';
import { temporaryDirectory } from './harness/temporary-directory.ts';

const MIB = 1024 * 1024;
const DESCRIPTORS = 10_000;
const HOSTILE = 3;
const SIGBUS = 7;
const POLLIN_POLLOUT = 5;

t.setTimeout(120_000);

/** What comes of each attempt of be-hostile.py; who tries is nobody on the host and root in a user namespace. */
const EXPECTED = {
  write: 'EINVAL',
  'write to a mirrored file': 'EACCES',
  'open to truncate': 'opened',
  truncate: 'EPERM',
  'truncate an open file': 'EPERM',
  'truncate to nothing': null,
  chmod: 'EPERM',
  chown: 'EPERM',
  unlink: 'EROFS',
  rename: 'EROFS',
  mkdir: 'EROFS',
  rmdir: 'EROFS',
  create: 'EROFS',
  symlink: 'EROFS',
  link: 'EROFS',
  utime: 'EPERM',
  getxattr: 'ENOTSUP',
  setxattr: 'ENOTSUP',
  'no such name': 'ENOENT',
  'name too long': 'ENOENT',
  'read of a directory': 'EISDIR',
  ioctl: 'ENOTTY',
  fallocate: 'EINVAL',
  fsync: null,
  poll: [POLLIN_POLLOUT],
  mmap: SIGBUS,
  'pread far beyond the end': 0,
  'pressure trigger': 'EINVAL',
  io_uring: hasIoUring() ? 'MemTotal' : 'EPERM',
  'killed mid-read': 'killed',
  held: DESCRIPTORS,
};

t.test('hostile readers from user namespaces', { skip: unable('mounts') }, async (t) => {
  const daemon = await startDaemon(t);
  const server = serverAtWork(daemon);
  const container = await startContainer(t, { memoryBytes: 128 * MIB });
  const reader = container.start(t, program('watch-all', daemon.mountPoint, 'fresh', 100, 128 * 1024));
  // The repository may be below a directory that only root can enter
  const directory = temporaryDirectory(t);
  const name = 'be-hostile.py';
  copyFileSync(repositoryPath('test', 'e2e', 'programs', name), join(directory, name));
  const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] as const;
  const namespaces = ['unshare', '--user', '--map-root-user', '--pid', '--fork', '--kill-child'];
  const command = programIn(directory, 'be-hostile', daemon.mountPoint, DESCRIPTORS);
  const limit = ['sh', '-ec', 'ulimit -n "$(ulimit -Hn)"; exec "$@"', 'sh'];
  const hostile = Array.from({ length: HOSTILE }, () =>
    startBackground(t, [...nobody, ...namespaces, ...limit, ...command]),
  );
  for (const one of hostile) {
    const { 'whole tree': names, ...results } = JSON.parse(await one.nextLine(60_000));
    t.same(results, EXPECTED);
    t.ok(names > 20, `find saw ${names} names`);
  }
  for (const one of hostile) one.kill();
  reader.send('end');
  const { failed, torn, back, total, slowest, reads } = parseWatchAll(await reader.nextLine());
  t.comment({ reads, slowest });
  t.same(
    [failed, torn, back, total].flatMap(({ first }) => first),
    [],
    'others noticed nothing',
  );
  t.equal(serverAtWork(daemon), server, 'the server is the same');
  t.notMatch(daemon.log(), /died|held up|failed/);
});

/** Since Linux 6.6 it can be switched off. */
function hasIoUring(): boolean {
  const path = '/proc/sys/kernel/io_uring_disabled';
  return !existsSync(path) || readFileSync(path, 'latin1') === '0\n';
}
