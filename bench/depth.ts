import { withScope } from '../test/e2e/harness/cleanup.ts';
import { makeCgroup } from '../test/e2e/harness/cgroup.ts';
import { startContainer } from '../test/e2e/harness/container.ts';
import type { Bench } from './compare.ts';
import type { Figure } from './figure.ts';
import type { Peer } from './peer.ts';
import { SIX_FILES, steady } from './steady.ts';

const DEEP = 20;

/** What reads cost in a cgroup far below the root. */
export async function measureDepth(peers: readonly Peer[], bench: Bench): Promise<Figure[]> {
  return withScope(async (scope) => {
    const shallow = await startContainer(scope, {});
    let cgroup = makeCgroup(scope);
    for (let depth = 2; depth <= DEEP; depth++) {
      cgroup.delegate();
      cgroup = cgroup.child(scope, 'below');
    }
    const deep = await startContainer(scope, {}, { cgroup });
    const figures: Figure[] = [];
    for (const peer of peers) {
      for (const file of SIX_FILES) {
        const low = await steady(peer, shallow, file, bench);
        const high = await steady(peer, deep, file, bench);
        const name = `${file} in a cgroup ${DEEP} levels deep, by one level`;
        figures.push({ name, peer: peer.name, value: high / low, unit: 'x' });
      }
      bench.progress(`depth: ${peer.name}`);
    }
    return figures;
  });
}
