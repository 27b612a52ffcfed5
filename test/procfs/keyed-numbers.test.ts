import t from 'tap';
import { keyedNumbersParser } from '../../src/procfs/keyed-numbers.ts';

const fields = { file: 'file', inactive_file: 'inactiveFile', slab: 'slab' } as const;

t.test('wanted keys by their field', (t) => {
  const parse = keyedNumbersParser(fields);
  t.same(parse(Buffer.from('file 1\nfile_mapped 2\ninactive_file 3\n')), { file: 1, inactiveFile: 3 });
  t.end();
});

t.test('lines that come, go or change their order', (t) => {
  const parse = keyedNumbersParser(fields);
  for (const [text, expected] of [
    ['file 1\nslab 2\n', { file: 1, slab: 2 }],
    ['file 3\nslab 4\n', { file: 3, slab: 4 }],
    ['slab 5\nfile 6\n', { file: 6, slab: 5 }],
    ['slab 7\n', { slab: 7 }],
    ['new 1\nslab 8\nfile 9\n', { file: 9, slab: 8 }],
    ['file_mapped 1\nfile 10\n', { file: 10 }],
  ] as const) {
    t.same(parse(Buffer.from(text)), expected, JSON.stringify(text));
  }
  t.end();
});

t.test('broken lines', (t) => {
  const parse = keyedNumbersParser(fields);
  t.same(parse(Buffer.from('')), {});
  t.same(parse(Buffer.from('file\nslab 2\n')), { slab: 2 }, 'no number');
  t.same(parse(Buffer.from('file abc\nslab 2\n')), { file: undefined, slab: 2 });
  t.same(parse(Buffer.from('file 1\nslab 123')), { file: 1 }, 'cut short');
  t.same(parse(Buffer.from('file\n')), {}, 'no space');
  t.same(keyedNumbersParser(fields)(Buffer.from('\n')), {});
  t.end();
});
