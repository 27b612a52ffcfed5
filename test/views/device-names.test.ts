import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { parseMountInfo } from '../../src/procfs/mountinfo.ts';
import { deviceNamesIn } from '../../src/views/device-names.ts';

const OPTIONS = {
  skip: process.getuid?.() === 0 ? false : 'root alone may mount and make device nodes',
  timeout: 20_000,
};

t.test('block devices by number; no link, no odd name, no other kind, nothing below', OPTIONS, async (t) => {
  const pid = await inMountNamespace(t, [
    'mount -t tmpfs dev /dev && cd /dev',
    'mknod xvdb b 202 16; mknod xvda b 202 16; mknod big b 259 100000; mknod "b d" b 8 0',
    'mknod char c 8 16; ln -s xvda disk; mkdir below; mknod below/x b 8 32',
  ]);
  t.same(withoutRoot(deviceNamesIn('', pid)), [
    ['202:16', 'xvda'], // of two names the smaller one
    ['259:100000', 'big'],
  ]);
});

t.test('the disk of the root directory is sda, whatever else it is called', OPTIONS, async (t) => {
  const device = rootDeviceOf(process.pid);
  const pid = await inMountNamespace(t, [
    'mount -t tmpfs dev /dev',
    `mknod /dev/other b ${device.replace(':', ' ')}`,
  ]);
  const names = [...deviceNamesIn('', pid)];
  const [disk] = names.find(([, name]) => name === 'sda') ?? [];
  const isPartition = disk !== device;
  t.equal(names.length, isPartition ? 2 : 1);
  if (isPartition) t.equal(disk?.split(':')[0], device.split(':')[0]);
});

t.test('no other disk shares the name sda', OPTIONS, async (t) => {
  const pid = await inMountNamespace(t, ['mount -t tmpfs dev /dev', 'mknod /dev/sda b 202 16']);
  t.same([...deviceNamesIn('', pid)], [['202:16', 'sda']]);
});

t.test("a /dev that is a link does not lead to the host's", OPTIONS, async (t) => {
  const pid = await inMountNamespace(t, [
    'mount -t tmpfs root "$ROOT" && cd "$ROOT" && mkdir usr && mount --bind /usr usr',
    'ln -s usr/lib lib; ln -s usr/lib64 lib64; ln -s /dev dev',
    'exec chroot . /usr/bin/env sh -c "echo ready; exec sleep 60"',
  ]);
  t.same(withoutRoot(deviceNamesIn('', pid)), []);
});

t.test('a /dev on a file system that could block is not looked into', OPTIONS, async (t) => {
  const pid = await inMountNamespace(t, ['mount --bind "$ROOT" /dev', 'mknod /dev/xvda b 202 16']);
  const fsType = parseMountInfo(readFileSync(`/proc/${pid}/mountinfo`, 'latin1')).at(-1)?.fsType ?? '';
  t.same(withoutRoot(deviceNamesIn('', pid)), fsType === 'tmpfs' ? [['202:16', 'xvda']] : []);
});

t.test('many entries are looked at up to a limit', OPTIONS, async (t) => {
  const pid = await inMountNamespace(t, [
    'mount -t tmpfs dev /dev && cd /dev && mknod xvda b 202 16',
    'touch $(seq 6000)', // tmpfs lists the newest first
  ]);
  t.same(withoutRoot(deviceNamesIn('', pid)), []);
});

t.test('a container that has ended has no names', (t) => {
  t.same([...deviceNamesIn('', 0)], []);
  t.end();
});

/** Starts a process in a mount namespace of its own in which the commands have been run; they can use an empty directory $ROOT. */
async function inMountNamespace(t: Test, commands: readonly string[]): Promise<number> {
  const script = [...commands, 'echo ready', 'exec sleep 60'].join('\n');
  const child = spawn('unshare', ['-m', '--propagation', 'private', 'sh', '-c', script], {
    env: { ...process.env, ROOT: t.testdir({}) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  if (child.pid === undefined) throw new Error('unshare did not start');
  return child.pid;
}

function withoutRoot(names: ReadonlyMap<string, string>): [string, string][] {
  return [...names].filter(([, name]) => name !== 'sda').sort(([a], [b]) => (a < b ? -1 : 1));
}

function rootDeviceOf(pid: number): string {
  const mounts = parseMountInfo(readFileSync(`/proc/${pid}/mountinfo`, 'latin1'));
  return mounts.findLast((mount) => mount.mountPoint === '/')?.device ?? '';
}
