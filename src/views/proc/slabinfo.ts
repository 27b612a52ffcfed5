import type { View } from '../view.ts';

/**
 * /proc/slabinfo: the container's slab caches, where the kernel still tells them by cgroup (v1, before 5.9);
 * otherwise the header alone, since the host's caches are not the container's.
 */
export const slabinfo: View = ({ container: { cgroup } }) =>
  cgroup.isRoot ? undefined : (cgroup.slabinfo?.read() ?? HEADER);

const HEADER =
  'slabinfo - version: 2.1\n' +
  '# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab>' +
  ' : tunables <limit> <batchcount> <sharedfactor> : slabdata <active_slabs> <num_slabs> <sharedavail>\n';
