import t from 'tap';
import { repositoryPath } from './harness/repository.ts';
import { unable } from './harness/requirements.ts';
import { output } from './harness/run.ts';

/** The virtual machine is emulated. */
const SLOWNESS = 6;
const LIMIT_SECONDS = 600;

t.setTimeout((LIMIT_SECONDS + 60) * 1000);

t.test('on cgroup v2, in a virtual machine', { skip: unable('mounts', 'qemu-system-x86_64') }, async (t) => {
  await output(['npx', 'tsc', '-p', repositoryPath('test/e2e/vm')], {
    limitMillis: 60_000,
    cwd: repositoryPath(),
  });
  await t.spawn(
    repositoryPath('test/e2e/vm/boot'),
    ['node', '--enable-source-maps', repositoryPath('.tap/vm/test/e2e/vm/tests.js')],
    {
      env: { ...process.env, LXCFS_E2E_SLOWNESS: String(SLOWNESS), VM_TIMEOUT: String(LIMIT_SECONDS) },
      cwd: repositoryPath(),
    },
  );
});
