import t from 'tap';
import { meminfoNumber, meminfoParser } from '../../src/procfs/meminfo.ts';

const TEXT = `\
MemTotal:       24684092 kB
MemFree:        24448812 kB
HugePages_Total:       3
HardwareCorrupted:     7 kB
VmallocTotal:   34359738367 kB
`;

t.test('lines and their numbers', (t) => {
  const meminfo = meminfoParser()(TEXT);
  t.same(meminfo.labels, [
    'MemTotal:',
    'MemFree:',
    'HugePages_Total:',
    'HardwareCorrupted:',
    'VmallocTotal:',
  ]);
  t.equal(TEXT.slice(meminfo.starts[2], meminfo.starts[3]), 'HugePages_Total:       3\n');
  t.equal(meminfoNumber(meminfo, 'MemTotal:'), 24684092);
  t.equal(meminfoNumber(meminfo, 'HugePages_Total:'), 3);
  t.equal(meminfoNumber(meminfo, 'HardwareCorrupted:'), 7);
  t.equal(meminfoNumber(meminfo, 'VmallocTotal:'), 34359738367);
  t.equal(meminfoNumber(meminfo, 'Slab:'), undefined);
  t.end();
});

t.test('the labels stay the same array until the lines change', (t) => {
  const parse = meminfoParser();
  const { labels } = parse(TEXT);
  t.equal(parse(TEXT.replace('24684092', '124684092')).labels, labels, 'one more digit');
  t.not(parse(`${TEXT}Slab:                  1 kB\n`).labels, labels, 'one more line');
  t.not(parse(TEXT).labels, labels, 'one less');
  t.end();
});

t.test('text that is not of this form', (t) => {
  const parse = meminfoParser();
  t.same(parse('').labels, []);
  t.same(parse('garbage\nMemTotal: 1 kB\n').labels, ['MemTotal:']);
  t.equal(meminfoNumber(parse('MemTotal: x kB\n'), 'MemTotal:'), undefined);
  t.equal(meminfoNumber(parse('MemTotal:\n'), 'MemTotal:'), undefined);
  t.equal(meminfoNumber(parse('MemTotal:   12'), 'MemTotal:'), 12, 'no newline');
  t.end();
});
