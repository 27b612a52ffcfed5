import { readdirSync } from 'node:fs';
import { type CgroupName, nameFromLastResort, nameFromMembership } from './cgroup-name.ts';
import { type ProcessRecord, readMountNamespace, readProcess } from './process-record.ts';

/** A mount namespace, and a process that is in it. */
export interface NamespaceMember {
  readonly mountNamespace: string;
  readonly pid: number;
  readonly startTicks: number;
}

/** A running container, found without asking its engine. */
export interface FoundContainer extends CgroupName {
  /** Its oldest process: as a rule its init. */
  readonly pid: number;
  /** The oldest process's mount namespace first, then those of services inside that have one of their own. */
  readonly namespaces: readonly [NamespaceMember, ...NamespaceMember[]];
}

/**
 * Finds the containers among the processes below `proc`: processes in another mount namespace than this one whose cgroup
 * names a container, or which have a pid namespace and a cgroup of their own. Sorted by id.
 */
export function findContainers(proc = '/proc'): FoundContainer[] {
  const self = readProcess(proc, 'self');
  if (self === undefined) throw new Error(`expected a process of my own at ${proc}/self, found none`);
  const groups = new Map<string, { name: CgroupName; processes: ProcessRecord[] }>();
  for (const record of foreignProcesses(proc, self).sort(byAge)) {
    const known = nameFromMembership(record.membership);
    if (known === undefined && record.pidNamespace === self.pidNamespace) continue;
    // Without an engine's name, what belongs together is told by the pid namespace; its first process names it.
    const key = known === undefined ? record.pidNamespace : `${known.engine} ${known.id}`;
    const name = groups.get(key)?.name ?? known ?? nameFromLastResort(record.membership, self.membership);
    if (name === undefined) continue;
    const group = groups.get(key) ?? { name, processes: [] };
    group.processes.push(record);
    groups.set(key, group);
  }
  return [...groups.values()]
    .flatMap(({ name, processes }) => containerOf(name, processes) ?? [])
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/**
 * Those in other mount namespaces than this process and the first one, which is the host's where this process has been
 * given one of its own: with lxcfs over the host's /proc, lxcfs would wait for itself.
 */
function foreignProcesses(proc: string, self: ProcessRecord): ProcessRecord[] {
  const own = new Set([self.mountNamespace, readMountNamespace(proc, '1')]);
  return readdirSync(proc)
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      const namespace = readMountNamespace(proc, pid);
      return namespace !== undefined && !own.has(namespace);
    })
    .flatMap((pid) => readProcess(proc, pid) ?? []);
}

function byAge(a: ProcessRecord, b: ProcessRecord): number {
  return a.startTicks - b.startTicks || a.pid - b.pid;
}

/** `processes` are sorted by age. */
function containerOf(name: CgroupName, processes: readonly ProcessRecord[]): FoundContainer | undefined {
  const namespaces = new Map<string, NamespaceMember>();
  for (const { mountNamespace, pid, startTicks } of processes) {
    if (!namespaces.has(mountNamespace)) namespaces.set(mountNamespace, { mountNamespace, pid, startTicks });
  }
  const [first, ...rest] = namespaces.values();
  return first === undefined ? undefined : { ...name, pid: first.pid, namespaces: [first, ...rest] };
}
