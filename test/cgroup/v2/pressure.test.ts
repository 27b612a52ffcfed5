import t from 'tap';
import { Groups } from '../../../src/cgroup/group.ts';
import { openPressure } from '../../../src/cgroup/v2/pressure.ts';
import { DescriptorPool } from '../../../src/procfs/kernel-file.ts';

t.test('text of the group, where the kernel keeps it', (t) => {
  const directory = t.testdir({
    'cpu.pressure': 'some avg10=1.00 avg60=2.00 avg300=3.00 total=4\n',
    'memory.pressure': '',
  });
  const place = { version: 2, directories: [directory], limitable: [directory], isRoot: false } as const;
  const pressure = openPressure(new Groups(new DescriptorPool(10)).open(place));
  t.equal(pressure.read('cpu'), 'some avg10=1.00 avg60=2.00 avg300=3.00 total=4\n');
  t.equal(pressure.read('io'), undefined);
  t.equal(pressure.read('memory'), undefined);
  t.end();
});
