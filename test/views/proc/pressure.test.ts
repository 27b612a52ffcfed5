import t from 'tap';
import {
  cpuPressure,
  ioPressure,
  memoryPressure,
  renderNoPressure,
} from '../../../src/views/proc/pressure.ts';
import { FIXTURES, containerIn } from '../../fixture.ts';

const SOME = 'some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n';
const FULL = 'full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n';

t.test('no pressure, in the lines that the kernel has', (t) => {
  t.equal(renderNoPressure('some avg10=1.00 avg60=2.00 avg300=3.00 total=4\n'), SOME);
  t.equal(renderNoPressure('some avg10=1.00 total=4\nfull avg10=1.00 total=4\n'), SOME + FULL);
  t.end();
});

t.test("the container's own, each from its file", (t) => {
  const context = containerIn(`${FIXTURES}/v2-swap-residue`);
  t.match(cpuPressure(context), /^some avg10=1\.00/);
  t.match(ioPressure(context), /^some avg10=6\.00/);
  t.match(memoryPressure(context), /^some avg10=11\.00/);
  t.end();
});

t.test('zeros for a container without its own, nothing for the host', (t) => {
  t.equal(ioPressure(containerIn(`${FIXTURES}/v1-unlimited`)), SOME + FULL);
  const mountinfo = '38 31 0:31 / /cg rw - cgroup2 cgroup2 rw\n';
  const host = t.testdir({ proc: { self: { mountinfo }, 7: { cgroup: '0::/\n' }, pressure: { io: SOME } } });
  t.equal(ioPressure(containerIn(host)), undefined);
  const noPsi = t.testdir({ proc: { self: { mountinfo }, 7: { cgroup: '0::/a\n' } } });
  t.equal(ioPressure(containerIn(noPsi)), undefined, 'a kernel without PSI');
  t.end();
});
