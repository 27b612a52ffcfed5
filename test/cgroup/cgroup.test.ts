import t from 'tap';
import { openCgroup, placeOfController } from '../../src/cgroup/cgroup.ts';
import { Groups } from '../../src/cgroup/group.ts';
import { detectCgroupLayout, layoutFromMountInfo } from '../../src/cgroup/layout.ts';
import { parseMembership } from '../../src/cgroup/membership.ts';
import { DescriptorPool } from '../../src/procfs/kernel-file.ts';
import { FIXTURES } from '../fixture.ts';

const HYBRID = layoutFromMountInfo(
  `\
32 31 0:29 / /cg/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
35 31 0:32 / /cg/memory rw - cgroup cgroup rw,memory
41 31 0:38 / /cg/unified rw - cgroup2 cgroup2 rw
`,
  '',
);

t.test('each controller is looked up by itself, in v2 where v1 does not have it', (t) => {
  const membership = parseMembership('3:cpu,cpuacct:/c\n2:memory:/m/init.scope\n0::/u\n');
  const directory = (controller: string) => placeOfController(HYBRID, membership, controller)?.directories[0];
  t.equal(directory('cpu'), '/cg/cpu,cpuacct/c');
  t.equal(directory('cpuacct'), '/cg/cpu,cpuacct/c');
  t.equal(directory('memory'), '/cg/memory/m');
  t.equal(directory('io'), '/cg/unified/u');
  t.end();
});

t.test('a process whose membership says nothing of a controller has no place in it', (t) => {
  t.equal(placeOfController(HYBRID, parseMembership(''), 'memory'), undefined);
  const none = layoutFromMountInfo('', '');
  t.equal(placeOfController(none, parseMembership('0::/u\n'), 'memory'), undefined);
  t.end();
});

t.test('root groups limit nothing, /init.scope counting as root', (t) => {
  const groups = new Groups(new DescriptorPool(10));
  const open = (text: string) => openCgroup(HYBRID, parseMembership(text), groups);
  const host = open('3:cpu,cpuacct:/\n2:memory:/init.scope\n0::/init.scope\n');
  t.match(host, { memory: undefined, pressure: undefined, slabinfo: undefined, isRoot: true });
  t.equal(open('3:cpu,cpuacct:/\n2:memory:/m\n0::/\n').isRoot, false);
  t.equal(open('2:memory:/\n1:name=systemd:/system.slice/a.service\n').isRoot, true, 'a unit of the host');
  t.end();
});

t.test('closing gives all descriptors back', (t) => {
  const pool = new DescriptorPool(100);
  const layout = detectCgroupLayout(`${FIXTURES}/v2`);
  const cgroup = openCgroup(layout, parseMembership('0::/fixture/c1\n'), new Groups(pool));
  t.equal(pool.size, 0, 'nothing is opened before it is read');
  const before = cgroup.memory?.read();
  t.ok(pool.size > 0);
  cgroup.close();
  t.equal(pool.size, 0);
  t.same(cgroup.memory?.read(), before, 'what is read again is opened again');
  t.end();
});
