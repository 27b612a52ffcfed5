import { UsageError } from './usage-error.ts';

/**
 * Checks the words of `-o`. None of them changes anything: the mount's options are fixed, since the tree depends on them.
 * Returns warnings for words that ask for something that is not done; throws {@link UsageError} for unknown words.
 */
export function checkMountOptions(words: readonly string[]): string[] {
  const unknown = words.filter((word) => !ALWAYS_SO.test(word) && !NOT_DONE.has(word));
  if (unknown.length > 0) throw new UsageError(`unknown mount option in -o: ${unknown.join(', ')}`);
  return words.flatMap((word) => NOT_DONE.get(word) ?? []);
}

/**
 * Words of mount(8), mount.fuse3(8) and libfuse that are true of this mount anyway (`allow_other`, `nosuid`), or that tune
 * what does not exist here: libfuse's threads and buffers, a page cache, writes, owners of files. They are in many a unit
 * file and are passed over in silence.
 */
const ALWAYS_SO = new RegExp(
  `^(${[
    'defaults|rw|ro|nosuid|nodev|noexec|relatime|noatime|nodiratime|sync|async|dirsync',
    'allow_other|allow_root|nonempty|default_permissions|fsname=lxcfs|subtype=lxcfs',
    'direct_io|kernel_cache|auto_cache|noauto_cache|big_writes|noforget|remember=-?\\d+',
    '(ac_attr|attr|entry|negative)_timeout=[\\d.]+',
    'intr|intr_signal=\\d+|hard_remove|use_ino|readdir_ino|(a)?sync_read|clone_fd|no_remote_lock',
    'max_(read|write|readahead|background|threads|idle_threads)=\\d+|congestion_threshold=\\d+',
    '(no_)?splice_(read|write|move)',
  ].join('|')})$`,
);

/** Words whose absence a user may notice. */
const NOT_DONE: ReadonlyMap<string, string> = new Map([
  [
    'auto_unmount',
    '-o auto_unmount has no effect: the mount outlives a crash so that readers do, and ends at an orderly end',
  ],
]);
