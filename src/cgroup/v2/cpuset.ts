import { type Cpuset, openCpuset as openCpusetFiles } from '../cpuset.ts';
import type { Place } from '../place.ts';
import type { OpenFile } from '../read-value.ts';

/**
 * The cpuset of cgroup v2 (Documentation/admin-guide/cgroup-v2.rst). A group for which the controller is not switched on
 * has the CPUs of the next group above.
 */
export function openCpuset({ directories }: Place, open: OpenFile): Cpuset {
  return openCpusetFiles(directories.map((directory) => open(`${directory}/cpuset.cpus.effective`)));
}
