import t from 'tap';
import type { HierarchyMount } from '../../src/cgroup/layout.ts';
import { placeOf } from '../../src/cgroup/place.ts';

const whole: HierarchyMount = { root: '/', mountPoint: '/cg', showsHierarchyRoot: true };
const namespace: HierarchyMount = { root: '/', mountPoint: '/cg', showsHierarchyRoot: false };
const part: HierarchyMount = { root: '/docker', mountPoint: '/part', showsHierarchyRoot: false };
const outside: HierarchyMount = { root: '/../..', mountPoint: '/cg', showsHierarchyRoot: false };

function place(mount: HierarchyMount, path: string) {
  return placeOf({ version: 2, controllers: [], mounts: [mount] }, path);
}

function directoriesOf(mounts: readonly HierarchyMount[], path: string) {
  return placeOf({ version: 2, controllers: [], mounts }, path)?.directories;
}

t.test('directories from the cgroup up to the mount', (t) => {
  t.same(directoriesOf([whole], '/docker/3f2a'), ['/cg/docker/3f2a', '/cg/docker', '/cg']);
  t.same(directoriesOf([whole], '/'), ['/cg']);
  t.same(directoriesOf([part], '/docker/3f2a'), ['/part/3f2a', '/part']);
  t.same(directoriesOf([part], '/dockerd'), undefined);
  t.same(directoriesOf([part], '/'), undefined);
  t.same(directoriesOf([], '/'), undefined);
  t.end();
});

t.test('the mount that shows the most ancestors', (t) => {
  for (const mounts of [
    [part, whole],
    [whole, part],
  ]) {
    t.same(directoriesOf(mounts, '/docker/a'), ['/cg/docker/a', '/cg/docker', '/cg']);
  }
  t.end();
});

t.test('paths outside the cgroup namespace', (t) => {
  t.same(directoriesOf([whole], '/../other'), undefined);
  t.same(directoriesOf([outside], '/../../other/a'), ['/cg/other/a', '/cg/other', '/cg']);
  t.same(directoriesOf([outside], '/../../../x'), undefined);
  t.end();
});

t.test('the root of a hierarchy has no limits, that of a namespace may have', (t) => {
  t.match(place(whole, '/a'), { version: 2, limitable: ['/cg/a'], isRoot: false });
  t.match(place(whole, '/'), { limitable: [], isRoot: true });
  t.match(place(namespace, '/a'), { limitable: ['/cg/a', '/cg'], isRoot: false });
  t.match(place(namespace, '/'), { limitable: ['/cg'], isRoot: false });
  t.end();
});
