import t from 'tap';
import { posixLockHolder } from '../../src/supervisor/posix-locks.ts';

const LOCKS = `1: POSIX  ADVISORY  WRITE 711 00:1a:5678 0 EOF
1: -> POSIX  ADVISORY  WRITE 999 00:1a:5679 0 EOF
2: FLOCK  ADVISORY  WRITE 712 00:1a:5680 0 EOF
3: POSIX  ADVISORY  READ  713 00:1a:5681 128 128
4: POSIX  ADVISORY  WRITE 714 103:05:9007199254740993 0 EOF
5: OFDLCK ADVISORY  WRITE -1 00:1a:5682 0 EOF
`;

t.test('only a write lock of fcntl on that very file counts', async (t) => {
  t.equal(posixLockHolder(LOCKS, { dev: 0x1an, ino: 5678n }), 711);
  t.equal(posixLockHolder(LOCKS, { dev: 0x1bn, ino: 5678n }), undefined, 'other device');
  t.equal(posixLockHolder(LOCKS, { dev: 0x1an, ino: 5679n }), undefined, 'waits for the lock');
  t.equal(posixLockHolder(LOCKS, { dev: 0x1an, ino: 5680n }), undefined, 'flock');
  t.equal(posixLockHolder(LOCKS, { dev: 0x1an, ino: 5681n }), undefined, 'read lock');
  t.equal(posixLockHolder('', { dev: 0x1an, ino: 5678n }), undefined);
});

t.test('large numbers are exact', async (t) => {
  const dev = 0x10305n; // major 0x103, minor 5
  t.equal(posixLockHolder(LOCKS, { dev, ino: 9007199254740993n }), 714);
  t.equal(posixLockHolder(LOCKS, { dev, ino: 9007199254740992n }), undefined);
});
