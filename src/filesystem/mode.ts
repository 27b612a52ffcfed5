/** File type bits of a mode, <linux/stat.h>. */
export const FileType = {
  MASK: 0o170000,
  DIRECTORY: 0o040000,
  REGULAR: 0o100000,
  SYMLINK: 0o120000,
} as const;

/** dr-xr-xr-x */
export const DIRECTORY_MODE = FileType.DIRECTORY | 0o555;
/** -r--r--r-- */
export const FILE_MODE = FileType.REGULAR | 0o444;
