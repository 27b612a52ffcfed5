import { availableParallelism } from 'node:os';
import t from 'tap';
import { type Container, startContainer } from './harness/container.ts';
import { unable } from './harness/requirements.ts';
import { sharedDaemon } from './harness/shared-daemon.ts';

t.test('CPUs of a container', { skip: unable('mounts') }, async (t) => {
  const daemon = await sharedDaemon();
  const cpuinfo = daemon.path('proc/cpuinfo');
  const online = daemon.path('sys/devices/system/cpu/online');
  const processors = async (container: Container): Promise<string[]> =>
    (await container.output(['cat', cpuinfo])).match(/^processor\s*:\s*\d+$/gm) ?? [];
  const lastCpu = availableParallelism() - 1;

  t.test('one CPU of a cpuset: one processor, numbered 0, and online names the CPU', async (t) => {
    const container = await startContainer(t, { cpus: String(lastCpu) });
    t.same(await processors(container), ['processor\t: 0']);
    t.equal(await container.output(['cat', online]), `${lastCpu}\n`);
  });

  t.test('a cpuset that changes shows at the next read', async (t) => {
    const container = await startContainer(t, { cpus: '0' });
    t.equal(await container.output(['cat', online]), '0\n');
    container.cgroup.limit({ cpus: lastCpu === 0 ? '0' : `0-${lastCpu}` });
    t.equal((await processors(container)).length, lastCpu + 1);
    t.equal(await container.output(['cat', online]), lastCpu === 0 ? '0\n' : `0-${lastCpu}\n`);
  });

  t.test('a quota alone does not change the number of CPUs', async (t) => {
    const container = await startContainer(t, { quota: 0.5 });
    t.equal((await processors(container)).length, lastCpu + 1);
  });

  t.test('with the files bound over its own, programs count the CPUs of the container', async (t) => {
    const container = await startContainer(t, { cpus: '0' }, { bound: daemon });
    t.equal(await container.output(['getconf', '_NPROCESSORS_ONLN']), '1\n');
    t.equal(await container.output(['grep', '-c', '^processor', '/proc/cpuinfo']), '1\n');
  });
});

t.test('CPUs of a container by quota', { skip: unable('mounts') }, async (t) => {
  const daemon = await sharedDaemon('--enable-cfs');
  const count = async (quota: number): Promise<number> => {
    const container = await startContainer(t, { quota });
    const text = await container.output(['cat', daemon.path('proc/cpuinfo')]);
    return text.match(/^processor/gm)?.length ?? 0;
  };
  t.equal(await count(0.5), 1);
  t.equal(await count(1), 1);
  t.equal(await count(1.5), Math.min(2, availableParallelism()));
});
