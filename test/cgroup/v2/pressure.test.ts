import t from 'tap';
import { openPressure } from '../../../src/cgroup/v2/pressure.ts';
import { DescriptorPool, KernelFile } from '../../../src/procfs/kernel-file.ts';

t.test('text of the group, where the kernel keeps it', (t) => {
  const directory = t.testdir({
    'cpu.pressure': 'some avg10=1.00 avg60=2.00 avg300=3.00 total=4\n',
    'memory.pressure': '',
  });
  const pool = new DescriptorPool(10);
  const pressure = openPressure(
    { version: 2, directories: [directory], limitable: [directory], isRoot: false },
    (path) => new KernelFile(path, pool),
  );
  t.equal(pressure.read('cpu'), 'some avg10=1.00 avg60=2.00 avg300=3.00 total=4\n');
  t.equal(pressure.read('io'), undefined);
  t.equal(pressure.read('memory'), undefined);
  t.end();
});
