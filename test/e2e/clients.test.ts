import { statSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { detectCgroupLayout } from '../../src/cgroup/layout.ts';
import { topOf } from './harness/cgroup-directory.ts';
import { startDaemon } from './harness/daemon.ts';
import { PROGRAMS_INSIDE } from './harness/oci-bundle.ts';
import { startOciContainer } from './harness/oci-container.ts';
import { programIn } from './harness/programs.ts';
import { unable } from './harness/requirements.ts';
import type { Command } from './harness/run.ts';
import { ensureSwap } from './harness/swap.ts';
import { temporaryDirectory } from './harness/temporary-directory.ts';

const MIB = 1024 * 1024;
const layout = detectCgroupLayout('');
/** v1 limits memory and swap together. */
const SWAP_MIB = layout.kind === 'v2' ? 64 : 128 + 64;

t.setTimeout(120_000);

t.test('what programs print in a limited container', { skip: unable('mounts', 'runc') }, async (t) => {
  await ensureSwap(t, 256);
  const daemon = await startDaemon(t, ['-l', '--enable-cfs']);
  const data = temporaryDirectory(t);
  const container = await startOciContainer(t, {
    runtime: 'runc',
    daemon,
    limits: { memoryBytes: 128 * MIB, swapBytes: 64 * MIB, cpus: '1', quota: 0.5, isUrgent: true },
    mounts: [{ destination: '/data', type: 'none', source: data, options: ['bind', 'rw'] }],
  });
  const output = (...command: Command): Promise<string> => container.output(0, command);
  const worker = container.start(t, 0, programIn(PROGRAMS_INSIDE, 'work'));
  await worker.nextLine();
  worker.send('burn 15 60'); // half of its quota
  t.test('free', async (t) => {
    const [, memory = '', swap = ''] = (await output('free', '-m')).split('\n');
    const [total, used, free] = memory.split(/ +/).slice(1).map(Number);
    t.equal(total, 128);
    t.ok(free !== undefined && free > 40 && free < 128 && used !== undefined && used < 90, memory);
    t.match(swap, new RegExp(`^Swap: +${SWAP_MIB} +\\d+ +\\d+$`));
  });

  t.test('top', async (t) => {
    const text = await output('top', '-b', '-n', '2', '-d', '2');
    t.match(text, /^top - .* up (0|1) min, .* load average: [0-2]\.\d\d, [0-2]\.\d\d, [0-2]\.\d\d$/m);
    t.match(text, /^MiB Mem : +128\.0 total/m);
    t.match(text, new RegExp(`^MiB Swap: +${SWAP_MIB}\\.0 total`, 'm'));
    const idle = [...text.matchAll(/^%Cpu\(s\):.* ([\d.]+) id/gm)].at(-1)?.[1];
    t.ok(isHalf(idle), `${idle} % idle`);
  });

  t.test('uptime', async (t) => {
    t.match(
      await output('uptime'),
      / up (0|1) min, .*load average: [0-2]\.\d\d, [0-2]\.\d\d, [0-2]\.\d\d\n$/,
    );
    t.match(await output('uptime', '-p'), /^up( \d minutes?)?\n$/);
  });

  t.test('vmstat', async (t) => {
    const [, , , line = ''] = (await output('vmstat', '2', '2')).split('\n');
    const numbers = line.trim().split(/ +/).map(Number);
    t.ok((numbers[3] ?? 0) > 40 * 1024 && (numbers[3] ?? 0) < 128 * 1024, `free: ${line}`);
    t.ok(isHalf(String(numbers[14])), `idle: ${line}`);
  });

  t.test('swapon', async (t) => {
    t.match(await output('swapon', '--show'), new RegExp(`^none +virtual +${SWAP_MIB}M +\\S+ +0$`, 'm'));
  });

  t.test('mpstat', async (t) => {
    const rows = (await output('mpstat', '-P', 'ALL', '2', '1')).match(/^Average: +(?:all|\d).*$/gm) ?? [];
    t.same(
      rows.map((row) => row.split(/ +/)[1]),
      ['all', '0'],
    );
    for (const row of rows) t.ok(isHalf(row.split(/ +/).at(-1)), row);
  });

  t.test('sar', async (t) => {
    const memory = /^Average: +(\d+) +(\d+) +(\d+) /m.exec(await output('sar', '-r', '1', '1')) ?? [];
    t.ok(memory.length === 4 && memory.slice(1).every((kb) => Number(kb) < 128 * 1024), String(memory[0]));
    const cpu = /^Average: +all .* ([\d.]+)$/m.exec(await output('sar', '-u', '2', '1')) ?? [];
    t.ok(isHalf(cpu[1]), String(cpu[0]));
  });

  t.test(
    'sar -d: the disk that is used',
    { skip: !layout.v1.has('blkio') && 'there is no disk' },
    async (t) => {
      const device = deviceOf(data);
      const rule = `${topOf(layout.v1.get('blkio'))}/${container.name}/blkio.throttle.write_bps_device`;
      writeFileSync(rule, `${device} 10000000000`);
      const dd = 'while :; do dd if=/dev/zero of=/data/file bs=64k count=16 oflag=direct; done 2>/dev/null';
      const writer = container.start(t, 0, ['sh', '-c', `${dd} & sleep 1; echo ready; wait`]);
      await writer.nextLine();
      const rows = (await output('sar', '-d', '2', '1')).match(/^Average: +(?!DEV)\S.*$/gm) ?? [];
      writer.kill();
      const written = /^Average: +\S+ +([\d.]+) +[\d.]+ +([\d.]+) /.exec(rows[0] ?? '') ?? [];
      t.equal(rows.length, 1);
      t.ok(Number(written[1]) > 0 && Number(written[2]) > 0, String(rows[0]));
    },
  );

  t.test('lscpu, getconf', async (t) => {
    const text = await output('lscpu');
    t.match(text, /^CPU\(s\): +1$/m);
    t.match(text, /^On-line CPU\(s\) list: +0$/m);
    t.equal(await output('getconf', '_NPROCESSORS_ONLN'), '1\n');
    t.equal(await output('getconf', '_NPROCESSORS_CONF'), '1\n');
  });

  t.test("busybox's top", async (t) => {
    const text = await output('busybox', 'top', '-b', '-n', '1');
    const [, used, free] = /^Mem: (\d+)K used, (\d+)K free/.exec(text) ?? [];
    t.equal(Number(used) + Number(free), 128 * 1024);
    t.match(text, /^Load average: [0-2]\.\d\d [0-2]\.\d\d [0-2]\.\d\d \d+\/\d+ \d+$/m);
  });

  t.test("Node's os", async (t) => {
    const script =
      'const os = require("os"); console.log(os.totalmem(), os.freemem(), os.cpus().length, os.uptime(), os.loadavg()[0])';
    const [total = 0, free = 0, cpus, age = 0, load = 0] = (await output('node', '-e', script))
      .split(' ')
      .map(Number);
    t.equal(total, 128 * MIB);
    t.ok(free > 0 && free < 128 * MIB, `${free} free`);
    t.equal(cpus, 1);
    t.ok(age > 0 && age < 110, `${age} s of age`);
    t.ok(load < 3, `load of ${load}`);
  });

  t.test('psutil', async (t) => {
    const script =
      'import psutil as p; m = p.virtual_memory(); print(m.total, m.available, p.swap_memory().total, p.cpu_count(), p.cpu_percent(2))';
    const [total, available = 0, swap, cpus, busy] = (await output('/usr/bin/python3', '-c', script))
      .split(' ')
      .map(Number);
    t.equal(total, 128 * MIB);
    t.ok(available > 40 * MIB && available < 128 * MIB, `${available} available`);
    t.equal(swap, SWAP_MIB * MIB);
    t.equal(cpus, 1);
    t.ok(isHalf(String(busy)), `${busy} % in use`);
  });
});

/** True for about half of the CPU time that the container has. */
function isHalf(percent: string | undefined): boolean {
  return Math.abs(Number(percent) - 50) <= 12;
}

/** Number of the disk that a directory is on: `254:0`. */
function deviceOf(directory: string): string {
  const { dev } = statSync(directory);
  return `${(dev >>> 8) & 0xfff}:${dev & 0xff}`;
}
