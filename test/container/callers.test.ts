import { existsSync, mkdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { layoutFromMountInfo } from '../../src/cgroup/layout.ts';
import { Callers } from '../../src/container/callers.ts';
import { COALESCE_MILLIS } from '../../src/procfs/coalescing.ts';
import { DescriptorPool } from '../../src/procfs/kernel-file.ts';

const HOST = 'pid:[4026531836]';
const INSIDE = 'pid:[4026532999]';

/** A process as /proc shows it; pids are from the host's namespace to the innermost. */
interface Process {
  readonly pids: readonly [number, ...number[]];
  readonly parent: number;
  readonly namespace: string;
  readonly memory: string;
}

/** A machine whose only hierarchy is v1 memory. */
class Machine {
  readonly root: string;

  constructor(t: Test) {
    this.root = t.testdir({ proc: {}, memory: {} });
    this.add({ pids: [1], parent: 0, namespace: HOST, memory: '/' });
    symlinkSync('1', `${this.root}/proc/self`);
  }

  add({ pids, parent, namespace, memory }: Process): void {
    const [pid] = pids;
    const directory = `${this.root}/proc/${pid}`;
    mkdirSync(`${directory}/ns`, { recursive: true });
    symlinkSync(namespace, `${directory}/ns/pid`);
    const numbers = pids.join('\t');
    writeFileSync(
      `${directory}/status`,
      `Name:\tx\nTgid:\t${pid}\nPid:\t${pid}\nPPid:\t${parent}\nNSpid:\t${numbers}\n`,
    );
    writeFileSync(`${directory}/stat`, `${pid} (a) (b c) S ${parent} ${'0 '.repeat(17)}${pid * 100} 0 0\n`);
    this.move(pid, memory);
  }

  move(pid: number, memory: string): void {
    writeFileSync(`${this.root}/proc/${pid}/cgroup`, `4:memory:${memory}\n`);
    const directory = `${this.root}/memory${memory}`;
    mkdirSync(directory, { recursive: true });
    writeFileSync(`${directory}/cgroup.procs`, `${pid}\n`, { flag: 'a' });
    writeFileSync(`${directory}/memory.limit_in_bytes`, '1048576\n');
    writeFileSync(`${directory}/memory.usage_in_bytes`, '4096\n');
    writeFileSync(
      `${directory}/memory.stat`,
      `hierarchical_memory_limit 1048576\ntotal_cache ${memory.length}\n`,
    );
  }

  callers(): Callers {
    const layout = layoutFromMountInfo('35 31 0:32 / /memory rw - cgroup cgroup rw,memory', this.root);
    return new Callers(this.root, layout, new DescriptorPool(100));
  }
}

/** A container's init, the shell in it, and a service in a cgroup of its own. */
function machineWithContainer(t: Test): Machine {
  const machine = new Machine(t);
  machine.add({ pids: [100], parent: 1, namespace: HOST, memory: '/user' });
  machine.add({ pids: [200, 1], parent: 100, namespace: INSIDE, memory: '/docker/a' });
  machine.add({ pids: [201, 7], parent: 200, namespace: INSIDE, memory: '/docker/a' });
  machine.add({ pids: [202, 8], parent: 201, namespace: INSIDE, memory: '/docker/a/service' });
  return machine;
}

t.test('the init is found among the ancestors', async (t) => {
  const callers = machineWithContainer(t).callers();
  for (const pid of [200, 201, 202]) {
    const container = callers.containerOf(pid);
    t.equal(container?.initPid, 200, `caller ${pid}`);
    t.equal(container?.initStartTicks, 20_000);
  }
  t.equal(callers.containerOf(201), callers.containerOf(202), 'one container, one object');
});

t.test('a process that was injected has no ancestor inside', async (t) => {
  const machine = machineWithContainer(t);
  machine.add({ pids: [300, 50], parent: 100, namespace: INSIDE, memory: '/docker/a' });
  machine.add({ pids: [301, 51], parent: 100, namespace: INSIDE, memory: '/user' });
  t.equal(machine.callers().containerOf(300)?.initPid, 200, 'found in its cgroup');
  t.equal(machine.callers().containerOf(301)?.initPid, 200, 'found among all processes');
});

t.test('a process 1 of another namespace is not taken for the init', async (t) => {
  const machine = machineWithContainer(t);
  machine.add({ pids: [150, 1], parent: 100, namespace: 'pid:[4026533000]', memory: '/docker/a' });
  machine.add({ pids: [300, 50], parent: 150, namespace: INSIDE, memory: '/docker/a' });
  t.equal(machine.callers().containerOf(300)?.initPid, 200);
});

t.test('the services of a system container are judged by the whole of it', async (t) => {
  const machine = new Machine(t);
  machine.add({ pids: [200, 1], parent: 1, namespace: INSIDE, memory: '/lxc/a/init.scope' });
  machine.add({ pids: [201, 7], parent: 200, namespace: INSIDE, memory: '/lxc/a/system.slice/b.service' });
  const callers = machine.callers();
  t.equal(callers.containerOf(201), callers.containerOf(200));
});

t.test("callers in the daemon's own namespace are judged by their own cgroup", async (t) => {
  const machine = machineWithContainer(t);
  const callers = machine.callers();
  const container = callers.containerOf(100);
  t.equal(container?.initPid, undefined);
  t.ok(container?.cgroup.memory, 'the limited cgroup /user');
});

t.test('callers that are nobody', async (t) => {
  const callers = machineWithContainer(t).callers();
  t.equal(callers.containerOf(0), undefined, 'outside of the pid namespace');
  t.equal(callers.containerOf(9999), undefined, 'gone');
});

t.test('a change of cgroups is seen at the next call', async (t) => {
  const machine = machineWithContainer(t);
  const callers = machine.callers();
  const before = callers.containerOf(201);
  machine.move(200, '/docker/b');
  const after = callers.containerOf(201);
  t.not(after, before);
  t.equal(after?.initPid, 200);
});

t.test("among many calls at a time, a change of the init's cgroups is seen a moment later", async (t) => {
  const machine = machineWithContainer(t);
  const callers = machine.callers();
  const before = callers.containerOf(201);
  for (let call = 0; call < 10; call++) callers.containerOf(201);
  machine.move(200, '/docker/b');
  await sleep(2 * COALESCE_MILLIS);
  t.not(callers.containerOf(201), before);
});

t.test("and one of the caller's own at once", async (t) => {
  const machine = machineWithContainer(t);
  const callers = machine.callers();
  const before = callers.containerOf(201);
  for (let call = 0; call < 10; call++) callers.containerOf(201);
  machine.move(201, '/docker/b');
  t.not(callers.containerOf(201), before);
});

t.test('containers that share a pid namespace each have their own', async (t) => {
  const machine = new Machine(t);
  machine.add({ pids: [200, 1], parent: 1, namespace: INSIDE, memory: '/pod/pause' });
  machine.add({ pids: [201, 2], parent: 200, namespace: INSIDE, memory: '/pod/app' });
  const callers = machine.callers();
  t.not(callers.containerOf(201), callers.containerOf(200));
  t.equal(callers.containerOf(201)?.initPid, 200, 'age is that of the namespace');
});

t.test('the fixture is what it says', async (t) => {
  const { root } = machineWithContainer(t);
  t.equal(readlinkSync(`${root}/proc/202/ns/pid`), INSIDE);
  t.ok(existsSync(`${root}/memory/docker/a/service/cgroup.procs`));
});
