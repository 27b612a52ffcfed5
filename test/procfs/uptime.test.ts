import t from 'tap';
import { parseUptimeTicks } from '../../src/procfs/uptime.ts';

t.equal(parseUptimeTicks('910.11 1729.15\n'), 91011);
t.equal(parseUptimeTicks('0.05 0.00\n'), 5);
t.equal(parseUptimeTicks('31536000.99 1.00\n'), 3_153_600_099, 'a year is more than 32 bits of ticks');
for (const text of ['', '910', '910.11', '.11 1.00\n', '-1.00 1.00\n']) {
  t.equal(parseUptimeTicks(text), undefined, `${JSON.stringify(text)} is no uptime`);
}
