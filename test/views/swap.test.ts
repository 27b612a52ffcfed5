import t from 'tap';
import { swapOf } from '../../src/views/swap.ts';
import { Random } from '../random.ts';

const KB = 1024;

t.test('the smaller of what the host has and what the group may use', (t) => {
  for (const [name, hostTotalKb, limitBytes, usedBytes, expected] of [
    ['limited', 1000, 400 * KB, 100 * KB, { totalKb: 400, usedKb: 100 }],
    ['unlimited', 1000, Infinity, 100 * KB, { totalKb: 1000, usedKb: 100 }],
    ['limit above the host', 1000, 9000 * KB, 0, { totalKb: 1000, usedKb: 0 }],
    ['limit 0 with something swapped already', 1000, 0, 30 * KB, { totalKb: 30, usedKb: 30 }],
    ['limit below the use', 1000, 20 * KB, 30 * KB, { totalKb: 30, usedKb: 30 }],
    ['host without swap', 0, Infinity, 30 * KB, { totalKb: 0, usedKb: 0 }],
    ['rounded down', 1000, 400 * KB - 1, KB - 1, { totalKb: 399, usedKb: 0 }],
  ] as const) {
    t.same(swapOf(hostTotalKb, { limitBytes, usedBytes }), expected, name);
  }
  t.end();
});

t.test('0 <= used <= total <= host, for any numbers', (t) => {
  const random = new Random(1);
  const any = (): number => (random.below(10) < 2 ? 0 : Math.floor(2 ** (random.below(6200) / 100)));
  for (let round = 0; round < 5000; round++) {
    const hostTotalKb = any();
    const limitBytes = random.below(10) < 3 ? Infinity : any();
    const usedBytes = any();
    const { totalKb, usedKb } = swapOf(hostTotalKb, { limitBytes, usedBytes });
    const holds =
      usedKb >= 0 && usedKb <= totalKb && totalKb <= hostTotalKb && Number.isInteger(totalKb + usedKb);
    if (!holds) t.fail(`round ${round}`, { hostTotalKb, limitBytes, usedBytes, totalKb, usedKb });
  }
  t.pass('5000 rounds');
  t.end();
});
