import t from 'tap';
import { effectiveMembership } from '../../src/container/effective-membership.ts';

const CASES: [string, string, string, string][] = [
  // what, cgroup of init, cgroup of the caller, which of them counts
  ['the same', '/docker/a', '/docker/a', '/docker/a'],
  ['a service of a system container', '/lxc/a', '/lxc/a/system.slice/b.service', '/lxc/a'],
  ['a nested container without a pid namespace', '/docker/a', '/docker/a/b', '/docker/a'],
  ['injected from the host', '/docker/a', '/user.slice/session-1.scope', '/docker/a'],
  ['injected from the root', '/docker/a', '/', '/docker/a'],
  ['a pod: the caller is in a sibling container', '/pod1/pause', '/pod1/app', '/pod1/app'],
  ['a pod: deeper in a sibling container', '/pod1/pause', '/pod1/app/worker', '/pod1/app'],
  [
    'a pod of the systemd driver',
    '/pod1.slice/cri-containerd-a.scope',
    '/pod1.slice/cri-containerd-b.scope/x',
    '/pod1.slice/cri-containerd-b.scope',
  ],
  [
    'injected from a service of the host',
    '/system.slice/docker-a.scope',
    '/system.slice/cron.service',
    '/system.slice/docker-a.scope',
  ],
  ['another pod', '/pod1/pause', '/pod2/app', '/pod1/pause'],
  ['the parent of both', '/pod1/pause', '/pod1', '/pod1/pause'],
  ['neighbours below the root', '/a', '/b', '/a'],
  ['a name that begins alike', '/pod1/app', '/pod1/app2', '/pod1/app2'],
  ['init in the root', '/', '/a', '/'],
];

for (const [what, init, caller, expected] of CASES) {
  t.test(what, async (t) => {
    const effective = effectiveMembership(new Map([['memory', init]]), new Map([['memory', caller]]));
    t.same([...effective], [['memory', expected]]);
  });
}

t.test('each controller is judged by itself', async (t) => {
  const init = new Map([
    ['memory', '/pod/pause'],
    ['cpu', '/other'],
    ['', '/'],
  ]);
  const caller = new Map([
    ['memory', '/pod/app'],
    ['cpu', '/pod/app'],
  ]);
  t.same(Object.fromEntries(effectiveMembership(init, caller)), {
    memory: '/pod/app',
    cpu: '/other',
    '': '/',
  });
});
