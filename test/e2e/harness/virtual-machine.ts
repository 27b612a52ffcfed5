import type { Test } from 'tap';
import { repositoryPath } from './repository.ts';
import { unable } from './requirements.ts';
import { output } from './run.ts';

/** The virtual machine is emulated. */
const SLOWNESS = 6;

/** What the virtual machine is to be like. */
export interface VirtualMachine {
  readonly limitSeconds: number;
  /** Its first process is systemd; else there is none but the tests. */
  readonly withSystemd?: boolean;
}

/** Why this machine cannot run a virtual one, for tap's `skip` option; false where it can. */
export function unableToEmulate(): string | false {
  return unable('mounts', 'qemu-system-x86_64');
}

/** Runs the tests of `test/e2e/vm/NAME.ts` in a virtual machine with cgroup v2. */
export async function runInVirtualMachine(
  t: Test,
  name: string,
  { limitSeconds, withSystemd = false }: VirtualMachine,
): Promise<void> {
  t.setTimeout((limitSeconds + 60) * 1000);
  await output(['npx', 'tsc', '-p', repositoryPath('test/e2e/vm')], {
    limitMillis: 60_000,
    cwd: repositoryPath(),
  });
  await t.spawn(
    repositoryPath('test/e2e/vm/boot'),
    ['node', '--enable-source-maps', repositoryPath(`.tap/vm/test/e2e/vm/${name}.js`)],
    {
      env: {
        ...process.env,
        LXCFS_E2E_SLOWNESS: String(SLOWNESS),
        VM_TIMEOUT: String(limitSeconds),
        VM_INIT: withSystemd ? 'systemd' : '',
      },
      cwd: repositoryPath(),
    },
  );
}
