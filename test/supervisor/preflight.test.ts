import { mkdirSync } from 'node:fs';
import t from 'tap';
import { checkDescriptorLimit, checkFuseDevice, checkRoot } from '../../src/supervisor/preflight.ts';

function limits(hard: string): string {
  return [
    'Limit                     Soft Limit           Hard Limit           Units     ',
    'Max processes             127235               127235               processes ',
    `Max open files            1024                 ${hard.padEnd(20)} files     `,
    'Max locked memory         8388608              8388608              bytes     ',
    '',
  ].join('\n');
}

t.test('root', async (t) => {
  t.doesNotThrow(() => checkRoot(0));
  t.throws(() => checkRoot(1000), {
    kind: 'not-root',
    message: /it runs as uid 1000: start it with sudo/,
  });
});

t.test('the FUSE device', async (t) => {
  const directory = t.testdir({ fuse: '' });
  mkdirSync(`${directory}/directory`);
  t.doesNotThrow(() => checkFuseDevice(`${directory}/fuse`));
  t.throws(() => checkFuseDevice(`${directory}/none`), {
    kind: 'no-fuse-device',
    message: `${directory}/none cannot be opened (ENOENT): modprobe fuse (inside a container: give it the device)`,
  });
  t.throws(() => checkFuseDevice(`${directory}/directory`), {
    message: /EISDIR\): it must be the character/,
  });
});

t.test('open files', async (t) => {
  for (const hard of ['1024', '524288', 'unlimited']) {
    t.doesNotThrow(() => checkDescriptorLimit(limits(hard)), hard);
  }
  t.doesNotThrow(() => checkDescriptorLimit(''), 'a kernel that does not say');
  t.throws(() => checkDescriptorLimit(limits('1023')), {
    kind: 'too-few-descriptors',
    message: /^RLIMIT_NOFILE is 1023, at least 1024 open files are needed: raise it/,
  });
});
