import { type Cpuset, openCpuset as openCpusetFiles } from '../cpuset.ts';
import type { Group } from '../group.ts';

/**
 * The cpuset of cgroup v2 (Documentation/admin-guide/cgroup-v2.rst). A group for which the controller is not switched on
 * has the CPUs of the next group above.
 */
export function openCpuset(group: Group): Cpuset {
  return openCpusetFiles(group, NAMES);
}

const NAMES = ['cpuset.cpus.effective'];
