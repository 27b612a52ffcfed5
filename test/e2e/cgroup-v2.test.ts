import t from 'tap';
import { runInVirtualMachine, unableToEmulate } from './harness/virtual-machine.ts';

const LIMIT_SECONDS = 600;

t.setTimeout((LIMIT_SECONDS + 90) * 1000);

t.test('on cgroup v2, in a virtual machine', { skip: unableToEmulate() }, (t) =>
  runInVirtualMachine(t, 'tests', { limitSeconds: LIMIT_SECONDS }),
);
