import t from 'tap';
import { writeFileSync } from 'node:fs';
import { type Group, Groups } from '../../src/cgroup/group.ts';
import { DescriptorPool } from '../../src/procfs/kernel-file.ts';

t.test('containers have their own group for themselves, and share those above', (t) => {
  const root = t.testdir({
    value: 'root\n',
    pod: { value: 'pod\n', a: { value: 'a\n' }, b: { value: 'b\n' } },
  });
  const pool = new DescriptorPool(100);
  const groups = new Groups(pool);
  const open = (name: string) => {
    const limitable = [`${root}/pod/${name}`, `${root}/pod`];
    const directories = [`${root}/pod/${name}`, `${root}/pod`, root] as const;
    return groups.open({ version: 2, directories, limitable, isRoot: false });
  };
  const a = open('a');
  const b = open('b');
  const texts = (group: Group | undefined): (string | undefined)[] =>
    group === undefined ? [] : [group.file('value').read(), ...texts(group.parent)];
  t.same(texts(a), ['a\n', 'pod\n', 'root\n']);
  t.same(texts(b), ['b\n', 'pod\n', 'root\n']);
  t.equal(pool.size, 4, 'a descriptor for each file, however many look at it');
  t.equal(a.above, b.above);
  t.equal(a.above?.directory, `${root}/pod`);
  t.equal(a.above?.above, undefined, 'the root has no limits');

  groups.close(a);
  t.equal(pool.size, 3, 'who goes leaves what others use');
  writeFileSync(`${root}/pod/value`, 'changed\n');
  t.same(texts(b), ['b\n', 'changed\n', 'root\n']);
  groups.close(b);
  t.equal(pool.size, 0, 'with the last one everything is closed');
  t.same(texts(open('a')), ['a\n', 'changed\n', 'root\n'], 'and opened again when needed');
  t.end();
});
