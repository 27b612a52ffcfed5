import t from 'tap';
import { detectCgroupLayout, layoutFromMountInfo } from '../../src/cgroup/layout.ts';

const V1 = `\
25 30 0:23 / /sys/fs/cgroup ro,nosuid shared:9 - tmpfs tmpfs ro,mode=755
26 25 0:24 / /sys/fs/cgroup/systemd rw shared:11 - cgroup cgroup rw,xattr,release_agent=/lib/agent,name=systemd
27 25 0:25 / /sys/fs/cgroup/cpu,cpuacct rw shared:12 - cgroup cgroup rw,cpu,cpuacct
28 25 0:26 / /sys/fs/cgroup/memory rw shared:13 - cgroup cgroup rw,seclabel,memory
`;
const V2 = '38 31 0:31 / /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw,nsdelegate\n';
const UNIFIED = '41 25 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n';

t.test('which cgroup file systems there are', (t) => {
  t.equal(layoutFromMountInfo(V1, '').kind, 'v1');
  t.equal(layoutFromMountInfo(V1 + UNIFIED, '').kind, 'hybrid');
  t.equal(layoutFromMountInfo(V2, '').kind, 'v2');
  t.equal(layoutFromMountInfo('', '').kind, 'none');
  t.end();
});

t.test('v1 hierarchies by controller, those mounted together sharing one', (t) => {
  const { v1 } = layoutFromMountInfo(V1, '/tree');
  t.same([...v1.keys()], ['name=systemd', 'cpu', 'cpuacct', 'memory']);
  t.same(v1.get('cpu'), v1.get('cpuacct'));
  t.same(v1.get('cpu'), {
    version: 1,
    controllers: ['cpu', 'cpuacct'],
    mounts: [{ root: '/', mountPoint: '/tree/sys/fs/cgroup/cpu,cpuacct', showsHierarchyRoot: true }],
  });
  t.end();
});

t.test('of several mounts at one place the last counts', (t) => {
  const covered = `${V1}90 25 0:26 /docker/3f2a /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n`;
  const [mount, ...others] = layoutFromMountInfo(covered, '').v1.get('memory')?.mounts ?? [];
  t.equal(mount?.root, '/docker/3f2a');
  t.same(others, []);
  const hidden = `${V2}91 31 0:99 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n`;
  t.equal(layoutFromMountInfo(hidden, '').kind, 'none');
  t.end();
});

t.test('the root of a cgroup namespace is not taken for the root of the hierarchy', (t) => {
  const root = t.testdir({
    proc: { self: { mountinfo: V1 + UNIFIED } },
    sys: {
      fs: {
        cgroup: {
          memory: { 'cgroup.procs': '', release_agent: '' },
          'cpu,cpuacct': { 'cgroup.procs': '' },
          unified: { 'cgroup.procs': '', 'cgroup.events': '', 'cgroup.controllers': 'cpuset io\n' },
        },
      },
    },
  });
  const { v1, v2 } = detectCgroupLayout(root);
  t.equal(v1.get('memory')?.mounts[0]?.showsHierarchyRoot, true);
  t.equal(v1.get('cpu')?.mounts[0]?.showsHierarchyRoot, false);
  t.equal(v2?.mounts[0]?.showsHierarchyRoot, false);
  t.same(v2?.controllers, ['cpuset', 'io']);
  t.end();
});
