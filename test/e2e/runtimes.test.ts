import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { FILES_INSIDE, type InnerContainer, startInnerContainer } from './harness/inner-container.ts';
import { PROGRAMS_INSIDE } from './harness/oci-bundle.ts';
import { type OciOptions, startOciContainer } from './harness/oci-container.ts';
import { slowness } from './harness/pace.ts';
import { meminfoField, uptimeSeconds } from './harness/proc-text.ts';
import { parseText, programIn } from './harness/programs.ts';
import { unable } from './harness/requirements.ts';
import { type Command, output } from './harness/run.ts';
import { sharedDaemon } from './harness/shared-daemon.ts';

const MIB = 1024 * 1024;

const CASES: readonly (Pick<OciOptions, 'runtime' | 'userNamespace'> & { user: number; name: string })[] = [
  { name: 'runc, as root', runtime: 'runc', user: 0 },
  { name: 'runc, as an ordinary user', runtime: 'runc', user: 1000 },
  { name: 'runc, as root of a user namespace', runtime: 'runc', user: 0, userNamespace: true },
  { name: 'runc, as an ordinary user of a user namespace', runtime: 'runc', user: 1000, userNamespace: true },
  { name: 'crun, as root', runtime: 'crun', user: 0 },
  { name: 'crun, as an ordinary user of a user namespace', runtime: 'crun', user: 1000, userNamespace: true },
];

t.test('the whole tree, in a user namespace', { skip: unable('mounts', 'runc') }, async (t) => {
  const daemon = await sharedDaemon();
  const mounts = [{ destination: '/mnt', type: 'none', source: daemon.mountPoint, options: ['rbind'] }];
  const limits = { memoryBytes: 256 * MIB };
  const container = await startOciContainer(t, { runtime: 'runc', limits, mounts, userNamespace: true });
  for (const user of [0, 1000]) {
    const names = await container.output(user, ['find', '/mnt', '-type', 'f']);
    t.match(names, /^\/mnt\/proc\/meminfo$/m);
    t.match(names, /^\/mnt\/sys\/devices\/system\/cpu\/cpu0\//m);
    t.equal(
      (await container.output(user, complaints('/mnt'))).replaceAll('/mnt/', '/'),
      await output(complaints('/sys/devices/system/cpu')),
      `as ${user} every file that all may read can be read, but for those that the kernel refuses`,
    );
  }
});

/** A command that reads all files below a directory that everybody may read, and prints what could not be read. */
function complaints(directory: string): Command {
  return ['sh', '-c', 'find "$1" -type f -perm -004 -exec cat {} + 2>&1 >/dev/null | sort', 'sh', directory];
}

/** On a slow machine each takes long, and two of them differ in everything. */
const tried = slowness > 1 ? CASES.slice(3, 5) : CASES;

for (const { name, user, ...kind } of tried) {
  t.test(name, { skip: unable('mounts', kind.runtime) }, async (t) => {
    const daemon = await sharedDaemon();
    const limits = { memoryBytes: 256 * MIB, cpus: '0' };
    const container = await startOciContainer(t, { daemon, limits, ...kind });
    const inside = (...command: Command): Promise<string> => container.output(user, command);

    t.equal(await inside('id', '-u'), `${user}\n`);
    t.match(await inside('cat', '/proc/self/mounts'), /^lxcfs \/proc\/meminfo fuse\.lxcfs /m);
    t.equal(meminfoField(await inside('cat', '/proc/meminfo'), 'MemTotal'), 262_144);
    t.match(await inside('free', '-m'), /^Mem: +256 /m);
    t.equal(await inside('grep', '-c', '^processor', '/proc/cpuinfo'), '1\n');
    t.equal(await inside('getconf', '_NPROCESSORS_ONLN'), '1\n');
    t.match(await inside('cat', '/proc/swaps'), /^Filename\t+Type\t+Size\t+Used\t+Priority\n/);
    const { age } = uptimeSeconds(await inside('cat', '/proc/uptime'));
    t.ok(age > 0 && age < 60, `it is ${age} s old`);

    const reader = container.start(t, user, programIn(PROGRAMS_INSIDE, 'keep-open', '/proc/meminfo'));
    await reader.nextLine();
    await container.updateMemory(1024 * MIB);
    reader.send('again');
    t.equal(meminfoField(parseText(await reader.nextLine()), 'MemTotal'), 1_048_576);
  });
}

if (slowness === 1) {
  t.test('runc in runc', { skip: unable('mounts', 'runc') }, async (t) => {
    const daemon = await sharedDaemon();
    const outer = await startOciContainer(t, {
      runtime: 'runc',
      daemon,
      limits: { memoryBytes: 256 * MIB, cpus: '0-1' },
      holdsContainers: true,
      mounts: [
        { destination: FILES_INSIDE, type: 'none', source: daemon.mountPoint, options: ['rbind', 'ro'] },
      ],
    });
    await sleep(1000); // so that the inner ones are younger by that
    const limited = await startInnerContainer(outer, { memoryBytes: 128 * MIB, cpus: '1' });
    const unlimited = await startInnerContainer(outer, {});

    const outside: InnerContainer = (...command) => outer.output(0, command);
    for (const [name, inside, kb, cpus] of [
      ['the outer one', outside, 262_144, '0-1'],
      ['the inner one', limited, 131_072, '1'],
      ['one without limits of its own', unlimited, 262_144, '0-1'],
    ] as const) {
      t.equal(meminfoField(await inside('cat', '/proc/meminfo'), 'MemTotal'), kb, `memory of ${name}`);
      t.equal(await inside('cat', '/sys/devices/system/cpu/online'), `${cpus}\n`, `CPUs of ${name}`);
    }

    const ages: number[] = [];
    for (const inside of [unlimited, limited, outside])
      ages.push(uptimeSeconds(await inside('cat', '/proc/uptime')).age);
    const [last = 0, middle = 0, first = 0] = ages;
    t.ok(last > 0 && last < middle && middle + 1 < first, `they are ${last}, ${middle} and ${first} s old`);
  });
}
