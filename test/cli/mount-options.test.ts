import t from 'tap';
import { checkMountOptions } from '../../src/cli/mount-options.ts';

t.test('words that units and scripts are full of are passed over', async (t) => {
  const words =
    'defaults rw ro nosuid nodev noexec relatime noatime allow_other allow_root nonempty default_permissions ' +
    'direct_io kernel_cache auto_cache big_writes intr hard_remove use_ino noforget remember=-1 remember=60 ' +
    'entry_timeout=0.5 attr_timeout=1 negative_timeout=0 ac_attr_timeout=0 sync_read async_read ' +
    'max_read=131072 max_write=131072 max_readahead=0 max_background=12 congestion_threshold=9 clone_fd ' +
    'splice_read no_splice_write fsname=lxcfs subtype=lxcfs';
  t.same(checkMountOptions(words.split(' ')), []);
});

t.test('what is not done is said', async (t) => {
  t.match(checkMountOptions(['rw', 'auto_unmount']), [/^-o auto_unmount has no effect: /]);
});

t.test('every unknown word is named', async (t) => {
  for (const word of [
    'allow_others',
    'fsname=other',
    'uid=0',
    'entry_timeout',
    'entry_timeout=',
    'rw ',
    'RW',
  ]) {
    t.throws(() => checkMountOptions(['rw', word]), { message: `unknown mount option in -o: ${word}` });
  }
  t.throws(() => checkMountOptions(['a', 'rw', 'b']), { message: 'unknown mount option in -o: a, b' });
});
