/** Error numbers of <asm-generic/errno.h> that replies carry. */
export const Errno = {
  EPERM: 1,
  ENOENT: 2,
  EINTR: 4,
  EIO: 5,
  EACCES: 13,
  ENOTDIR: 20,
  EISDIR: 21,
  EINVAL: 22,
  ENFILE: 23,
  ENOTTY: 25,
  EROFS: 30,
  ENOSYS: 38,
  EOPNOTSUPP: 95,
  ESTALE: 116,
} as const;

/** Names of the error numbers that replies may carry. */
export type ErrnoName = keyof typeof Errno;

/** An expected failure of a request: the reader gets this errno. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly errno: number;

  constructor(errnoName: ErrnoName, detail: string) {
    super(`${errnoName}: ${detail}`);
    this.errno = Errno[errnoName];
  }
}
