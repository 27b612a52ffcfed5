import { linkSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { gatherCpuTimes } from '../../src/views/cpu-times.ts';
import { containerIn } from '../fixture.ts';

const statText = (userTicks: number) => `user_usec ${userTicks * 10_000}\nsystem_usec 0\n`;

t.test('without an init, a cgroup made again under the same path starts anew', (t) => {
  const root = t.testdir({
    proc: {
      4242: { cgroup: '0::/c\n' },
      self: { mountinfo: '30 1 0:26 / /cg rw - cgroup2 cgroup2 rw\n' },
      uptime: '100.00 100.00\n',
    },
    sys: { devices: { system: { cpu: { online: '0\n', possible: '0\n' } } } },
    cg: { c: { 'cpu.stat': statText(500) } },
  });
  const context = containerIn(root);
  const own = { ...context, container: { ...context.container, initPid: undefined } };
  t.equal(gatherCpuTimes(own)?.columns[0]?.[0], 500);

  // A descriptor of a removed cgroup's file fails, and is opened anew; here, a link makes it see the new text.
  mkdirSync(`${root}/cg/next`);
  linkSync(`${root}/cg/c/cpu.stat`, `${root}/cg/next/cpu.stat`);
  renameSync(`${root}/cg/c`, `${root}/cg/removed`);
  renameSync(`${root}/cg/next`, `${root}/cg/c`);
  writeFileSync(`${root}/cg/c/cpu.stat`, statText(3));
  t.equal(gatherCpuTimes(own)?.columns[0]?.[0], 3);
  t.end();
});
