import t from 'tap';
import { layoutFromMountInfo } from '../../src/cgroup/layout.ts';
import { describeLayout } from '../../src/supervisor/start-log.ts';

t.test('hierarchies by place', async (t) => {
  const layout = layoutFromMountInfo(
    `31 25 0:27 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
32 25 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
33 25 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
`,
    t.testdir({ sys: { fs: { cgroup: { unified: { 'cgroup.controllers': 'hugetlb\n' } } } } }),
  );
  const describe = describeLayout(layout);
  const places = Object.entries({ ...describe.v1, ...describe.v2 });
  t.same(
    places.map(([place, controllers]) => [place.replace(/^.*\/sys\/fs/, '/sys/fs'), controllers]),
    [
      ['/sys/fs/cgroup/cpu,cpuacct', 'cpu,cpuacct'],
      ['/sys/fs/cgroup/memory', 'memory'],
      ['/sys/fs/cgroup/unified', 'hugetlb'],
    ],
  );
});
