import t from 'tap';
import { meminfo } from '../../../src/views/proc/meminfo.ts';
import { renderSwaps, swaps } from '../../../src/views/proc/swaps.ts';
import { FIXTURES, containerFixtures, containerIn } from '../../fixture.ts';

const HEADER = 'Filename\t\t\t\tType\t\tSize\tUsed\tPriority\n';

t.test('one line, if there is swap', (t) => {
  t.equal(renderSwaps({ totalKb: 0, usedKb: 0 }), HEADER);
  t.equal(
    renderSwaps({ totalKb: 393216, usedKb: 42612 }),
    `${HEADER}none                                    virtual\t\t393216\t42612\t0\n`,
  );
  t.end();
});

t.test('the numbers of meminfo', (t) => {
  for (const fixture of containerFixtures) {
    const context = containerIn(`${FIXTURES}/${fixture}`);
    const [, total, used] = /virtual\t\t(\d+)\t(\d+)/.exec(swaps(context) ?? '') ?? ['', '0', '0'];
    const text = meminfo(context) ?? '';
    const [, memTotal] = /^SwapTotal: *(\d+)/m.exec(text) ?? [];
    const [, memFree] = /^SwapFree: *(\d+)/m.exec(text) ?? [];
    t.equal(total, memTotal, fixture);
    t.equal(Number(total) - Number(used), Number(memFree), fixture);
  }
  t.end();
});

t.test('-u', (t) => {
  t.equal(swaps(containerIn(`${FIXTURES}/v2`, { disableSwap: true })), HEADER);
  t.end();
});

t.test('the host is shown to who is in no memory cgroup', (t) => {
  const root = t.testdir({
    proc: {
      self: { mountinfo: '38 31 0:31 / /cg rw - cgroup2 cgroup2 rw\n' },
      7: { cgroup: '0::/a\n' },
      meminfo: 'SwapTotal: 1000000 kB\n',
    },
  });
  t.equal(swaps(containerIn(root)), undefined);
  t.equal(swaps(containerIn(root, { disableSwap: true })), undefined);
  t.end();
});
