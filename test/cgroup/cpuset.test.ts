import t from 'tap';
import { type Group, Groups } from '../../src/cgroup/group.ts';
import { openCpuset as openV1 } from '../../src/cgroup/v1/cpuset.ts';
import { openCpuset as openV2 } from '../../src/cgroup/v2/cpuset.ts';
import { DescriptorPool } from '../../src/procfs/kernel-file.ts';
import { writeFileSync } from 'node:fs';

function groupBelow(root: string): Group {
  const directories = [`${root}/a/b`, `${root}/a`, root] as const;
  return new Groups(new DescriptorPool(16)).open({
    version: 1,
    directories,
    limitable: directories.slice(0, 2),
    isRoot: false,
  });
}

t.test('v1: effective, else configured, else of the next group above', (t) => {
  const cases: readonly (readonly [string, readonly number[], object, object])[] = [
    ['effective', [1], { 'cpuset.effective_cpus': '1\n', 'cpuset.cpus': '1-2\n' }, {}],
    ['configured', [1, 2], { 'cpuset.cpus': '1-2\n' }, {}],
    ['empty: above', [0, 2, 3], { 'cpuset.cpus': '\n' }, { 'cpuset.effective_cpus': '0,2-3\n' }],
    ['no text: above', [1], { 'cpuset.cpus': '' }, { 'cpuset.cpus': '1\n' }],
    ['garbage: above', [0], { 'cpuset.cpus': '1-\n' }, { 'cpuset.cpus': '0\n' }],
  ];
  for (const [name, cpus, own, above] of cases) {
    const root = t.testdir({ a: { ...above, b: { ...own } } });
    t.same(openV1(groupBelow(root)).allowedCpus(), cpus, name);
  }
  t.equal(openV1(groupBelow(t.testdir({}))).allowedCpus(), undefined, 'no files');
  t.end();
});

t.test('v2: effective, not configured; above where the controller is off', (t) => {
  const root = t.testdir({ 'cpuset.cpus.effective': '0-3\n', a: { b: { 'cpuset.cpus': '1\n' } } });
  const cpuset = openV2(groupBelow(root));
  t.same(cpuset.allowedCpus(), [0, 1, 2, 3]);
  writeFileSync(`${root}/a/b/cpuset.cpus.effective`, '2\n');
  t.same(cpuset.allowedCpus(), [2], 'a change is seen at the next read');
  t.end();
});
