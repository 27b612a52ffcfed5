import { readFileSync } from 'node:fs';
import t from 'tap';
import { parseCpuinfo } from '../../../src/procfs/cpuinfo.ts';
import { renderCpuinfo } from '../../../src/views/proc/cpuinfo.ts';

const FIXTURES = new URL('../../fixtures/cpuinfo/', import.meta.url);

function fixture(name: string): string {
  return readFileSync(new URL(name, FIXTURES), 'latin1');
}

for (const machine of ['x86_64', 'aarch64', 's390x', 'riscv64', 'ppc64le']) {
  t.test(machine, (t) => {
    const host = fixture(`${machine}.txt`);
    const flat = parseCpuinfo(host, 'flat');
    t.equal(renderCpuinfo(flat, [1, 3]), fixture(`${machine}.cpus-1,3.golden`), 'CPUs 1 and 3 of 4');
    t.equal(renderCpuinfo(parseCpuinfo(host, 'host'), [0, 1, 2, 3]), host, 'all CPUs, topology of the host');
    t.end();
  });
}

const block = (cpu: number, socket = 0) => `processor\t: ${cpu}\nphysical id\t: ${socket}\n\n`;

t.test('1,024 CPUs', (t) => {
  const host = Array.from({ length: 1024 }, (_, cpu) => block(cpu)).join('');
  const allowed = Array.from({ length: 512 }, (_, index) => index * 2 + 1);
  const expected = allowed.map((_, index) => block(index, index)).join('');
  t.equal(renderCpuinfo(parseCpuinfo(host, 'flat'), allowed), expected);
  t.end();
});

t.test('what is no block of a CPU stays', (t) => {
  const arm = 'Processor\t: AArch64 rev 4\nprocessor\t: 0\nprocessor\t: 1\n\nHardware\t: Board\n';
  t.equal(
    renderCpuinfo(parseCpuinfo(arm, 'flat'), [1]),
    'Processor\t: AArch64 rev 4\nprocessor\t: 0\n\nHardware\t: Board\n',
    'old ARM: header, blocks of one line, trailer',
  );
  t.equal(renderCpuinfo(parseCpuinfo('', 'flat'), [0]), '');
  t.end();
});
