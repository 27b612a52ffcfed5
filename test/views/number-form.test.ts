import t from 'tap';
import { NumberForm } from '../../src/views/number-form.ts';

const places = [
  { end: 6, width: 4 },
  { end: 12, width: 3 },
];
const form = new NumberForm('a:     b:   \n', places);

for (const [name, numbers, expected] of [
  ['right-aligned', [12, 0], 'a:  12 b:  0\n'],
  ['as wide as their place', [1234, 999], 'a:1234 b:999\n'],
  ['wider, which moves on what follows', [12345, 1000], 'a:12345 b:1000\n'],
  ['the largest', [Number.MAX_SAFE_INTEGER, 2 ** 31], 'a:9007199254740991 b:2147483648\n'],
  ['small ones again', [1, 2], 'a:   1 b:  2\n'],
] as const) {
  t.test(name, (t) => {
    t.equal(form.fill(numbers), expected);
    t.end();
  });
}

t.test('what is no amount is not shown as one', (t) => {
  for (const numbers of [[-1, 0], [Number.NaN, 0], [1]]) t.throws(() => form.fill(numbers), RangeError);
  t.end();
});
