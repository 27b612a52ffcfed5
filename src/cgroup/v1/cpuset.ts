import { type Cpuset, openCpuset as openCpusetFiles } from '../cpuset.ts';
import type { Place } from '../place.ts';
import type { OpenFile } from '../read-value.ts';

/**
 * The cpuset of cgroup v1 (Documentation/admin-guide/cgroup-v1/cpusets.rst). A group without CPUs of its own, or on kernels
 * before 3.17 without `effective_cpus`, has those of the next group above.
 */
export function openCpuset({ directories }: Place, open: OpenFile): Cpuset {
  return openCpusetFiles(
    directories.flatMap((directory) => [
      open(`${directory}/cpuset.effective_cpus`),
      open(`${directory}/cpuset.cpus`),
    ]),
  );
}
