import t from 'tap';
import type { CpuTime } from '../../src/cgroup/cpu.ts';
import {
  type CpuBase,
  type CpuSample,
  type CpuShare,
  columnsAt,
  firstBase,
  isOverdrawn,
  isSameShare,
} from '../../src/views/cpu-base.ts';

/** user, nice, system. */
type Time = readonly [number, number, number];

const time = ([userTicks, niceTicks, systemTicks]: Time): CpuTime => ({ userTicks, niceTicks, systemTicks });

function sampleOf(ageTicks: number, total: Time, perCpu?: readonly Time[]): CpuSample {
  return { ageTicks, usage: { total: time(total), perCpu: perCpu?.map(time) } };
}

function shareOf(capacityCpus: number, isCountedPerCpu: boolean, hostCpus: readonly number[]): CpuShare {
  return { hostCpus, shownCpus: hostCpus, capacityCpus, isCountedPerCpu };
}

function shownBy(base: CpuBase, sample: CpuSample): number[][] {
  return columnsAt(base, sample).map((cpu) => [cpu.userTicks, cpu.niceTicks, cpu.systemTicks, cpu.idleTicks]);
}

t.test('each CPU has its own use, and the rest of its time is idle', (t) => {
  const sample = sampleOf(
    1000,
    [700, 0, 50],
    [
      [600, 0, 20],
      [0, 0, 0],
      [100, 0, 30],
    ],
  );
  t.same(shownBy(firstBase(shareOf(2, true, [0, 2])), sample), [
    [600, 0, 20, 380],
    [100, 0, 30, 870],
  ]);
  t.end();
});

t.test('a total is spread evenly, to the last tick', (t) => {
  t.same(shownBy(firstBase(shareOf(3, false, [0, 1, 2])), sampleOf(1000, [101, 10, 50])), [
    [33, 3, 16, 946],
    [34, 3, 17, 946],
    [34, 4, 17, 947],
  ]);
  t.end();
});

t.test('all of a quota of 1.5 of 2 CPUs used: no idle, and all columns make age x 1.5', (t) => {
  const perCpu: Time[] = [
    [900, 0, 100],
    [400, 0, 100],
  ];
  const sample = sampleOf(1000, [1300, 0, 200], perCpu);
  t.same(shownBy(firstBase(shareOf(1.5, true, [0, 1])), sample), [
    [900, 0, 100, 0],
    [400, 0, 100, 0],
  ]);
  t.same(shownBy(firstBase(shareOf(1.5, false, [0, 1])), sample), [
    [650, 0, 100, 0],
    [650, 0, 100, 0],
  ]);
  t.end();
});

t.test('a quota of 0.5, half of it used', (t) => {
  t.same(shownBy(firstBase(shareOf(0.5, false, [0])), sampleOf(1000, [250, 0, 0])), [[250, 0, 0, 250]]);
  t.end();
});

t.test('a base adds what it had shown, and counts from its sample', (t) => {
  const base: CpuBase = {
    share: shareOf(2, true, [0, 1]),
    sample: sampleOf(
      1000,
      [600, 0, 0],
      [
        [500, 0, 0],
        [100, 0, 0],
      ],
    ),
    columns: new Map([[0, { userTicks: 7, niceTicks: 0, systemTicks: 8, idleTicks: 9 }]]),
  };
  const later = sampleOf(
    1100,
    [640, 0, 0],
    [
      [530, 0, 0],
      [110, 0, 0],
    ],
  );
  t.same(shownBy(base, later), [
    [37, 0, 8, 79],
    [10, 0, 0, 90],
  ]);
  t.end();
});

t.test('more used than the age allows is shown as it is, and makes no idle negative', (t) => {
  const sample = sampleOf(100, [5000, 0, 0]);
  const base = firstBase(shareOf(1, false, [0]));
  t.same(shownBy(base, sample), [[5000, 0, 0, 0]]);
  t.equal(isOverdrawn(base, sample), true);
  t.equal(isOverdrawn(base, sampleOf(5000, [5050, 0, 0])), false, 'a burst is no debt');
  t.equal(isOverdrawn(firstBase(shareOf(1, true, [0])), sampleOf(100, [0, 0, 0], [[201, 0, 0]])), true);
  t.end();
});

t.test('the same share', (t) => {
  const share = shareOf(1.5, true, [0, 2]);
  t.equal(isSameShare(share, shareOf(1.5, true, [0, 2])), true);
  t.equal(isSameShare(share, shareOf(1, true, [0, 2])), false, 'quota');
  t.equal(isSameShare(share, shareOf(1.5, false, [0, 2])), false, 'counting');
  t.equal(isSameShare(share, shareOf(1.5, true, [0, 1])), false, 'cpuset');
  t.equal(isSameShare(share, { ...share, shownCpus: [0, 1] }), false, '--enable-cfs');
  t.end();
});
