/*
 * The part of the FUSE kernel ABI that this file system needs, as in <linux/fuse.h> (protocol 7.38 and later).
 * All fields are in the byte order of the host; the platforms supported (x64, arm64) are little-endian.
 */

/** Size of struct fuse_in_header, in bytes. */
export const IN_HEADER_SIZE = 40;
/** Size of struct fuse_out_header, in bytes. */
export const OUT_HEADER_SIZE = 16;
/** Size of struct fuse_attr, in bytes. */
export const ATTR_SIZE = 88;
/** Size of struct fuse_entry_out, in bytes. */
export const ENTRY_OUT_SIZE = 40 + ATTR_SIZE;
/** Size of struct fuse_attr_out, in bytes. */
export const ATTR_OUT_SIZE = 16 + ATTR_SIZE;
/** Size of struct fuse_open_out, in bytes. */
export const OPEN_OUT_SIZE = 16;
/** Size of struct fuse_statfs_out, in bytes. */
export const STATFS_OUT_SIZE = 80;
/** Size of struct fuse_init_out since protocol 7.23, in bytes. */
export const INIT_OUT_SIZE = 64;
/** Bytes of struct fuse_dirent before the name; records are padded to 8 bytes. */
export const DIRENT_HEADER_SIZE = 24;

/** Node id of the root of the mount. */
export const ROOT_ID = 1;

/** Operation codes, enum fuse_opcode. */
export const Opcode = {
  LOOKUP: 1,
  FORGET: 2,
  GETATTR: 3,
  SETATTR: 4,
  READLINK: 5,
  SYMLINK: 6,
  MKNOD: 8,
  MKDIR: 9,
  UNLINK: 10,
  RMDIR: 11,
  RENAME: 12,
  LINK: 13,
  OPEN: 14,
  READ: 15,
  WRITE: 16,
  STATFS: 17,
  RELEASE: 18,
  INIT: 26,
  OPENDIR: 27,
  READDIR: 28,
  RELEASEDIR: 29,
  ACCESS: 34,
  CREATE: 35,
  INTERRUPT: 36,
  DESTROY: 38,
  IOCTL: 39,
  NOTIFY_REPLY: 41,
  BATCH_FORGET: 42,
  FALLOCATE: 43,
  RENAME2: 45,
  TMPFILE: 51,
} as const;

/** Capabilities in the low word of INIT's flags. */
export const InitFlag = {
  ASYNC_READ: 1 << 0,
  PARALLEL_DIROPS: 1 << 18,
  INIT_EXT: 1 << 30,
} as const;

/** Capabilities in the high word of INIT's flags (flags2, bit 32 and up). */
export const InitFlag2 = {
  /** The kernel understands the resend notification (6.9 and later). */
  HAS_RESEND: 1 << (39 - 32),
} as const;

/** OPEN replies: read straight from the server, past the page cache that all readers of an inode share. */
export const FOPEN_DIRECT_IO = 1 << 0;

/** SETATTR: bits of `valid` that say what is to be set. */
export const SetattrValid = { SIZE: 1 << 3, FH: 1 << 6, LOCKOWNER: 1 << 9, KILL_SUIDGID: 1 << 11 } as const;

/** Notification code that makes the kernel send unanswered requests again. */
export const NOTIFY_RESEND = 7;
