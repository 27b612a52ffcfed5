import t from 'tap';
import { type CpuMoment, settleColumns } from '../../src/views/settle-columns.ts';
import { ShownInMemory } from '../../src/views/shown-in-memory.ts';

/** A container on v2 or with a quota: only its total is known. */
function momentOf(ageTicks: number, usedTicks: number, capacityCpus: number, cpus = [0, 1]): CpuMoment {
  return {
    sample: {
      ageTicks,
      usage: { total: { userTicks: usedTicks, niceTicks: 0, systemTicks: 0 }, perCpu: undefined },
    },
    share: { hostCpus: cpus, shownCpus: cpus, capacityCpus, isCountedPerCpu: false },
  };
}

function shown(store: ShownInMemory, moment: CpuMoment): number[][] | undefined {
  return settleColumns(store, () => moment)?.columns.map((cpu) => [cpu.userTicks, cpu.idleTicks]);
}

t.test('a fall of the quota leaves what was shown, and slows what follows', (t) => {
  const store = new ShownInMemory();
  t.same(shown(store, momentOf(1000, 200, 2)), [
    [100, 900],
    [100, 900],
  ]);
  t.same(shown(store, momentOf(1100, 200, 0.5)), [
    [100, 1000],
    [100, 1000],
  ]);
  t.same(shown(store, momentOf(1200, 210, 0.5)), [
    [105, 1020],
    [105, 1020],
  ]);
  t.end();
});

t.test('a CPU that goes takes its line with it, one that comes starts at nothing', (t) => {
  const store = new ShownInMemory();
  shown(store, momentOf(1000, 200, 2));
  t.same(shown(store, momentOf(1000, 200, 2, [1, 2])), [
    [100, 900],
    [0, 0],
  ]);
  t.same(shown(store, momentOf(1100, 220, 2, [1, 2])), [
    [110, 990],
    [10, 90],
  ]);
  t.end();
});

t.test('a CPU that comes back goes on from where it was', (t) => {
  const store = new ShownInMemory();
  shown(store, momentOf(1000, 200, 2));
  t.same(shown(store, momentOf(1500, 300, 1, [0])), [[150, 1350]]);
  t.same(shown(store, momentOf(2000, 300, 2)), [
    [150, 1850],
    [100, 900],
  ]);
  t.same(shown(store, momentOf(2100, 320, 2)), [
    [160, 1940],
    [110, 990],
  ]);
  t.end();
});

t.test('idle waits where the use runs ahead of the quota for a moment', (t) => {
  const store = new ShownInMemory();
  t.same(shown(store, momentOf(1000, 800, 1, [0])), [[800, 200]]);
  t.same(shown(store, momentOf(1005, 810, 1, [0])), [[810, 200]], '195 would be less than before');
  t.same(shown(store, momentOf(1020, 810, 1, [0])), [[810, 210]]);
  t.end();
});

t.test('a group older than its container: idle grows from the first read on', (t) => {
  const store = new ShownInMemory();
  t.same(shown(store, momentOf(100, 5000, 1, [0])), [[5000, 0]]);
  t.same(shown(store, momentOf(200, 5010, 1, [0])), [[5010, 90]]);
  t.end();
});

t.test('a base that cannot be understood: what was shown stays, and counting goes on', (t) => {
  const store = new ShownInMemory();
  shown(store, momentOf(1000, 200, 2));
  const recall = store.recall.bind(store);
  store.recall = () => ({ ...recall(), base: undefined });
  t.same(shown(store, momentOf(1100, 220, 2)), [
    [100, 900],
    [100, 900],
  ]);
  store.recall = recall;
  t.same(shown(store, momentOf(1200, 240, 2)), [
    [110, 990],
    [110, 990],
  ]);
  t.end();
});

t.equal(
  settleColumns(new ShownInMemory(), () => undefined),
  undefined,
  'a group that is gone',
);
