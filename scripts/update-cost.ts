/** Writes the table of costs anew: `npm run cost`, as root. What became dearer is then for a person to see, and to judge. */
import { withScope } from '../test/e2e/harness/cleanup.ts';
import { writeFileSync } from 'node:fs';
import { COST_TABLE, costsOf, formatCosts, serverCalls, unlikeTable } from '../test/e2e/harness/cost.ts';

const unlike = unlikeTable();
if (unlike !== false) throw new Error(`cannot measure here: ${unlike}`);
await withScope(async (scope) => {
  const trees = { 'v1-hybrid': await costsOf(scope, 'v1-hybrid'), v2: await costsOf(scope, 'v2') };
  const table = { trees, serverCalls: await serverCalls(scope, Object.keys(trees.v2)) };
  writeFileSync(COST_TABLE, formatCosts(table));
});
