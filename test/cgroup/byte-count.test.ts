import t from 'tap';
import { parseByteCount } from '../../src/cgroup/byte-count.ts';

const cases: readonly (readonly [string | undefined, number | undefined])[] = [
  ['0\n', 0],
  ['268435456\n', 268435456],
  ['9007199254740992\n', 2 ** 53],
  ['max\n', Infinity],
  ['9223372036854771712\n', Infinity], // v1, pages of 4 KiB
  ['9223372036854710272\n', Infinity], // pages of 64 KiB
  ['18446744073709551615\n', Infinity],
  [undefined, undefined],
  ['', undefined],
  ['\n', undefined],
  ['2684', undefined], // cut short
  ['ma', undefined],
  ['-1\n', undefined],
  ['12 34\n', undefined],
];

for (const [text, expected] of cases) {
  t.equal(parseByteCount(text), expected, JSON.stringify(text));
}
