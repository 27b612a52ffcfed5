import { rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { COALESCE_MILLIS } from '../../src/procfs/coalescing.ts';
import { hostFrame } from '../../src/procfs/host-frame.ts';
import { HostFiles } from '../../src/procfs/host-files.ts';
import { DescriptorPool } from '../../src/procfs/kernel-file.ts';

function hostWith(t: Test, swaps: string): HostFiles {
  return new HostFiles(t.testdir({ proc: { swaps } }), new DescriptorPool(10));
}

/** An object, so that a second parsing shows. */
const lengthOf = hostFrame('/proc/swaps', ({ length }) => ({ length }));

t.test('a text that stays is taken apart once', async (t) => {
  const host = hostWith(t, 'one');
  const first = lengthOf(host);
  t.same(first, { length: 3 });
  await sleep(2 * COALESCE_MILLIS);
  t.equal(lengthOf(host), first);
});

t.test('one that changes is seen a moment later', async (t) => {
  const host = hostWith(t, 'one');
  lengthOf(host);
  writeFileSync(`${host.root}/proc/swaps`, 'three');
  await sleep(2 * COALESCE_MILLIS);
  t.same(lengthOf(host), { length: 5 });
});

t.test('each host has its own; a missing file is nothing', (t) => {
  const host = hostWith(t, 'one');
  t.same(lengthOf(host), { length: 3 });
  const bare = new HostFiles(`${host.root}/proc`, new DescriptorPool(10));
  t.equal(lengthOf(bare), undefined);
  t.end();
});

t.test('nor does a file that is gone stay', async (t) => {
  const host = hostWith(t, 'one');
  lengthOf(host);
  rmSync(`${host.root}/proc/swaps`);
  host.file('/proc/swaps').close();
  await sleep(2 * COALESCE_MILLIS);
  t.equal(lengthOf(host), undefined);
});
