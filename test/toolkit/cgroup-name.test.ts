import t from 'tap';
import { parseMembership } from '../../src/cgroup/membership.ts';
import { nameFromLastResort, nameFromMembership, nameFromPath } from '../../src/toolkit/cgroup-name.ts';

const A = 'a1b2c3d4'.repeat(8);
const B = '0123fedc'.repeat(8);

t.test('paths that engines make', async (t) => {
  const cases: readonly (readonly [path: string, engine: string, id: string])[] = [
    [`/docker/${A}`, 'docker', A],
    [`/system.slice/docker-${A}.scope`, 'docker', A],
    [`/isulad/${A}`, 'isula', A],
    [`/machine.slice/libpod-${A}.scope/container`, 'podman', A],
    [`/libpod_parent/libpod-${A}`, 'podman', A],
    [`/user.slice/user-1000.slice/libpod-payload-${A}`, 'podman', A],
    [`/kubepods/burstable/pod0f1e2d3c/${A}`, 'kubernetes', A],
    [`/kubepods.slice/kubepods-pod0f.slice/cri-containerd-${A}.scope`, 'containerd', A],
    [`/kubepods.slice/kubepods-pod0f.slice/crio-${A}.scope`, 'crio', A],
    [`/default/${A}`, 'containerd', A],
    ['/system.slice/runc-web.scope', 'runc', 'web'],
    ['/lxc/web', 'lxc', 'web'],
    ['/lxc.payload.web', 'lxc', 'web'],
    ['/lxc.payload.web/system.slice/ssh.service', 'lxc', 'web'],
    ['/machine.slice/machine-web\\x2d1.scope/payload/init.scope', 'nspawn', 'web-1'],
    ['/machine.slice/systemd-nspawn@web.service/payload', 'nspawn', 'web'],
    [`/docker/${A}/docker/${B}`, 'docker', B],
    [`/lxc.payload.web/docker/${B}/init.scope`, 'docker', B],
    [`/../../docker/${A}`, 'docker', A],
  ];
  for (const [path, engine, id] of cases) t.same(nameFromPath(path), { engine, id }, path);
});

t.test('paths that are no container', async (t) => {
  for (const path of [
    '/',
    '/system.slice/ssh.service',
    `/machine.slice/libpod-conmon-${A}.scope`,
    `/kubepods.slice/crio-conmon-${A}.scope`,
    '/lxc.monitor.web',
    '/docker',
    '/user.slice/user-1000.slice/session-1.scope',
  ]) {
    t.equal(nameFromPath(path), undefined, path);
  }
});

t.test("the hierarchies that engines name come before single controllers'", async (t) => {
  const membership = parseMembership(`4:memory:/docker/${B}\n1:name=systemd:/docker/${A}\n0::/\n`);
  t.same(nameFromMembership(membership), { engine: 'docker', id: A });
  t.same(nameFromMembership(parseMembership('4:memory:/\n0::/lxc.payload.web\n')), {
    engine: 'lxc',
    id: 'web',
  });
  t.equal(nameFromMembership(parseMembership('0::/system.slice/cron.service\n')), undefined);
});

t.test('where no engine is known, a group of its own', async (t) => {
  const own = parseMembership('4:memory:/tests/run\n1:name=systemd:/\n');
  const last = (text: string) => nameFromLastResort(parseMembership(text), own);
  t.same(last('4:memory:/x/c1\n1:name=systemd:/\n'), { engine: 'other', id: 'c1' });
  t.equal(last('4:memory:/tests/run\n1:name=systemd:/\n'), undefined, 'the same as ours');
  t.equal(last('4:memory:/\n1:name=systemd:/system.slice/a.service\n'), undefined, "systemd's");
});
