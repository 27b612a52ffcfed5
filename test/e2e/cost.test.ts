import { readFileSync } from 'node:fs';
import t from 'tap';
import {
  COST_FIXTURES,
  COST_TABLE,
  type Cost,
  costsOf,
  parseCosts,
  serverCalls,
  unlikeTable,
} from './harness/cost.ts';
import { unable } from './harness/requirements.ts';

/** Versions of Node differ by less, and what somebody adds by mistake is more. */
const MORE_BYTES = 1.5;

/** Reads that come one upon the other share some looks; on a busy machine they do not come so. */
const MORE_CALLS = 4;

const committed = parseCosts(readFileSync(COST_TABLE, 'utf8'));

for (const fixture of COST_FIXTURES) {
  t.test(`nothing costs more than the table says: ${fixture}`, async (t) => {
    const costs = await costsOf(t, fixture);
    const allowed: Readonly<Record<string, Cost>> = committed.trees[fixture];
    t.same(Object.keys(costs).toSorted(), Object.keys(allowed).toSorted(), 'all files are in the table');
    for (const [file, { systemCalls, bytes }] of Object.entries(costs)) {
      const most = allowed[file] ?? { systemCalls: 0, bytes: 0 };
      t.ok(systemCalls <= most.systemCalls, `${file}: ${systemCalls} system calls of ${most.systemCalls}`);
      t.ok(bytes <= most.bytes * MORE_BYTES, `${file}: ${bytes} bytes, the table has ${most.bytes}`);
    }
  });
}

t.test(
  'a server makes no more system calls than that',
  { skip: unable('mounts') || unlikeTable() },
  async (t) => {
    const allowed: Readonly<Record<string, number>> = committed.serverCalls;
    const calls = await serverCalls(t, Object.keys(allowed));
    for (const [file, count] of Object.entries(calls)) {
      const most = allowed[file] ?? 0;
      t.ok(count <= most + MORE_CALLS, `${file}: ${count} system calls of ${most}`);
    }
  },
);
