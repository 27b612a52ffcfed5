import t from 'tap';
import { formatCpuList, parseCpuList } from '../../src/procfs/cpu-list.ts';

const LISTS: readonly (readonly [string, readonly number[]])[] = [
  ['', []],
  ['0', [0]],
  ['0,2-3', [0, 2, 3]],
  ['1,3,5', [1, 3, 5]],
  ['0-1,64-66', [0, 1, 64, 65, 66]],
  ['0-1023', Array.from({ length: 1024 }, (_, cpu) => cpu)],
];

for (const [text, cpus] of LISTS) {
  t.test(`"${text}" is ${cpus.length} CPUs, and back`, (t) => {
    t.same(parseCpuList(text), cpus);
    t.same(parseCpuList(`${text}\n`), cpus);
    t.equal(formatCpuList(cpus), text);
    t.end();
  });
}

for (const text of [
  'a',
  '0,',
  ',0',
  '-',
  '1-',
  '-1',
  '3-2',
  '1,1',
  '2,1',
  '0 1',
  '0-1-2',
  '0-9999999',
  '\n\n',
]) {
  t.equal(parseCpuList(text), undefined, `${JSON.stringify(text)} is no list`);
}
