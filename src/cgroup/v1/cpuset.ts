import { type Cpuset, openCpuset as openCpusetFiles } from '../cpuset.ts';
import type { Group } from '../group.ts';

/**
 * The cpuset of cgroup v1 (Documentation/admin-guide/cgroup-v1/cpusets.rst). A group without CPUs of its own, or on kernels
 * before 3.17 without `effective_cpus`, has those of the next group above.
 */
export function openCpuset(group: Group): Cpuset {
  return openCpusetFiles(group, NAMES);
}

const NAMES = ['cpuset.effective_cpus', 'cpuset.cpus'];
