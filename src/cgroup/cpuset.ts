import { type CpuNumbers, parseCpuList } from '../procfs/cpu-list.ts';
import { Controller } from './controller.ts';
import type { Group } from './group.ts';
import { readValue } from './read-value.ts';

/** The cpuset controller's side of a container's cgroup. */
export interface Cpuset {
  /** The CPUs that the group may use now, in the host's numbers; undefined where no cpuset says so. */
  allowedCpus(): CpuNumbers | undefined;
}

/** The cpuset that the first of these files with a list in it tells, of the group or one above; empty and broken ones are passed over. */
export function openCpuset(own: Group, names: readonly string[]): Cpuset {
  return new CpusetFiles(own, names);
}

class CpusetFiles extends Controller implements Cpuset {
  readonly #names: readonly string[];
  #knownText: string | undefined;
  #knownCpus: CpuNumbers | undefined;

  constructor(own: Group, names: readonly string[]) {
    super(own);
    this.#names = names;
  }

  allowedCpus(): CpuNumbers | undefined {
    for (let group: Group | undefined = this.group; group !== undefined; group = group.parent) {
      for (const name of this.#names) {
        const text = readValue(group.file(name));
        if (text === undefined) continue;
        // It changes once in a blue moon; whoever gets the same list object need not look into it again.
        if (text === this.#knownText) return this.#knownCpus;
        const cpus = parseCpuList(text);
        if (cpus === undefined || cpus.length === 0) continue;
        this.#knownText = text;
        this.#knownCpus = cpus.slice(); // takes no more room than it needs
        return this.#knownCpus;
      }
    }
    return undefined;
  }
}
