import t from 'tap';
import { scanNumber } from '../../src/procfs/scan-number.ts';

t.equal(scanNumber('x 4096\n', 2, 6), 4096);
t.equal(scanNumber('0', 0, 1), 0);
for (const text of ['', ' 1', '-1', '1.5', '12a', '0x1', '1e3']) {
  t.equal(scanNumber(text, 0, text.length), undefined, JSON.stringify(text));
}
t.equal(scanNumber('12', 0, 3), undefined, 'beyond the end');
t.equal(scanNumber('12', 2, 1), undefined);
