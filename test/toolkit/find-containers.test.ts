import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { findContainers } from '../../src/toolkit/find-containers.ts';

interface FixtureProcess {
  readonly pid: number;
  readonly mnt?: number;
  readonly pidNs?: number;
  readonly start?: number;
  readonly cgroup?: string;
}

const WEB = 'ab'.repeat(32);

/** A proc directory with these processes; the first is the toolkit itself. */
function proc(t: Test, ...processes: readonly FixtureProcess[]): string {
  const directory = t.testdir({});
  for (const { pid, mnt = 1, pidNs = 1, start = pid, cgroup = '/' } of processes) {
    const path = join(directory, String(pid));
    mkdirSync(join(path, 'ns'), { recursive: true });
    symlinkSync(`mnt:[${mnt}]`, join(path, 'ns/mnt'));
    symlinkSync(`pid:[${pidNs}]`, join(path, 'ns/pid'));
    writeFileSync(join(path, 'cgroup'), `0::${cgroup}\n`);
    writeFileSync(
      join(path, 'stat'),
      `${pid} (a) (b c) S 1 1 1 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 ${start} 0 0\n`,
    );
  }
  symlinkSync(String(processes[0]?.pid), join(directory, 'self'));
  writeFileSync(join(directory, 'uptime'), '1.00 1.00\n');
  return directory;
}

const SELF = { pid: 10 };

t.test('processes of the host are no containers', async (t) => {
  const tree = proc(
    t,
    SELF,
    { pid: 1 },
    { pid: 20, mnt: 2, cgroup: '/system.slice/private-tmp.service' },
    { pid: 21, mnt: 3, pidNs: 3, cgroup: '/user.slice/user-1000.slice/app.scope' },
    { pid: 22, cgroup: `/docker/${WEB}` },
  );
  t.same(findContainers(tree), []);
});

t.test('a container with several namespaces is one, by its oldest process', async (t) => {
  const tree = proc(
    t,
    SELF,
    { pid: 40, mnt: 4, pidNs: 4, start: 900, cgroup: '/lxc.payload.web/system.slice/a.service' },
    { pid: 50, mnt: 5, pidNs: 4, start: 300, cgroup: '/lxc.payload.web/init.scope' },
    { pid: 60, mnt: 5, pidNs: 4, start: 400, cgroup: '/lxc.payload.web/system.slice/b.service' },
  );
  t.same(findContainers(tree), [
    {
      engine: 'lxc',
      id: 'web',
      pid: 50,
      namespaces: [
        { mountNamespace: 'mnt:[5]', pid: 50, startTicks: 300 },
        { mountNamespace: 'mnt:[4]', pid: 40, startTicks: 900 },
      ],
    },
  ]);
});

t.test('sorted by id; the host pid namespace is no hindrance where an engine is known', async (t) => {
  const tree = proc(
    t,
    SELF,
    { pid: 70, mnt: 7, pidNs: 7, cgroup: '/x/zebra' },
    { pid: 71, mnt: 7, pidNs: 7, cgroup: '/x/zebra/below' },
    { pid: 80, mnt: 8, cgroup: `/docker/${WEB}` },
    { pid: 90, mnt: 9, cgroup: '/x/no-pid-namespace' },
  );
  t.match(findContainers(tree), [
    { id: WEB, engine: 'docker', pid: 80 },
    { id: 'zebra', engine: 'other', pid: 70, namespaces: { length: 1 } },
  ]);
});

t.test('the host is none, from a mount namespace of my own either', async (t) => {
  const tree = proc(
    t,
    { pid: 10, mnt: 2 },
    { pid: 1 },
    { pid: 30, start: 300, cgroup: '/machine.slice/systemd-nspawn@web.service/supervisor' },
    { pid: 31, mnt: 3, pidNs: 3, start: 301, cgroup: '/machine.slice/systemd-nspawn@web.service/payload' },
  );
  t.match(findContainers(tree), [{ id: 'web', pid: 31, namespaces: { length: 1 } }]);
});

t.test('processes that vanish or hide are skipped', async (t) => {
  const tree = proc(t, SELF, { pid: 80, mnt: 8, cgroup: `/docker/${WEB}` });
  mkdirSync(join(tree, '4711'));
  t.match(findContainers(tree), [{ id: WEB }]);
});
