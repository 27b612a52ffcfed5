import { appendFileSync, readFileSync } from 'node:fs';
import t from 'tap';
import { MirrorIds } from '../../src/filesystem/mirror-ids.ts';
import { FIXED_NODES } from '../../src/filesystem/nodes.ts';

const CORE_ID = 'sys/devices/system/cpu/cpu0/topology/core_id';

t.test('an id that one thread gave out is known to all, and to later servers', async (t) => {
  const journal = `${t.testdir()}/nodes`;
  const first = new MirrorIds(journal);
  const second = new MirrorIds(journal);
  const id = first.idOf(CORE_ID);
  t.equal(second.pathOf(id), CORE_ID);
  t.equal(second.idOf(CORE_ID), id);
  t.equal(new MirrorIds(journal).pathOf(id), CORE_ID);
  t.equal(readFileSync(journal, 'latin1'), `${CORE_ID}\n`, 'it stands in the journal once');
  t.equal(first.pathOf(id + 1), undefined);
});

t.test('ids are what they always were', async (t) => {
  const ids = new MirrorIds(`${t.testdir()}/nodes`);
  t.equal(ids.idOf(CORE_ID), 1984675762732448, 'the kernel holds on to ids across versions');
});

t.test('ids are exact numbers, apart from each other and from the fixed ones', async (t) => {
  const ids = new MirrorIds(`${t.testdir()}/nodes`);
  const all = Array.from({ length: 20_000 }, (_, cpu) => ids.idOf(`sys/devices/system/cpu/cpu${cpu}`));
  t.equal(new Set([...all, ...FIXED_NODES.map(({ id }) => id)]).size, 20_000 + FIXED_NODES.length);
  t.ok(all.every((id) => Number.isSafeInteger(id) && id >= 2 ** 32));
});

t.test('a line that is only half there is read once it is whole', async (t) => {
  const journal = `${t.testdir()}/nodes`;
  const id = new MirrorIds(`${t.testdir({ other: '' })}/other`).idOf(CORE_ID);
  const reader = new MirrorIds(journal);
  appendFileSync(journal, CORE_ID.slice(0, 10));
  t.equal(reader.pathOf(id), undefined);
  appendFileSync(journal, `${CORE_ID.slice(10)}\n`);
  t.equal(reader.pathOf(id), CORE_ID);
});
