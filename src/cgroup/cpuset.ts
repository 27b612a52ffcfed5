import { type CpuNumbers, parseCpuList } from '../procfs/cpu-list.ts';
import type { Group } from './group.ts';
import { readValue } from './read-value.ts';

/** The cpuset controller's side of a container's cgroup. */
export interface Cpuset {
  /** The CPUs that the group may use now, in the host's numbers; undefined where no cpuset says so. */
  allowedCpus(): CpuNumbers | undefined;
}

/** The cpuset that the first of these files with a list in it tells, of the group or one above; empty and broken ones are passed over. */
export function openCpuset(own: Group, names: readonly string[]): Cpuset {
  let knownText: string | undefined;
  let knownCpus: CpuNumbers = [];
  return {
    allowedCpus() {
      for (let group: Group | undefined = own; group !== undefined; group = group.parent) {
        for (const name of names) {
          const text = readValue(group.file(name));
          if (text === undefined) continue;
          // It changes once in a blue moon; whoever gets the same list object need not look into it again.
          if (text === knownText) return knownCpus;
          const cpus = parseCpuList(text);
          if (cpus === undefined || cpus.length === 0) continue;
          knownText = text;
          knownCpus = cpus;
          return cpus;
        }
      }
      return undefined;
    },
  };
}
