import type { CpuQuota, CpuUsage } from './cpu.ts';
import type { Cpuset } from './cpuset.ts';
import type { Group, Groups } from './group.ts';
import type { Io } from './io.ts';
import type { CgroupLayout } from './layout.ts';
import type { Membership } from './membership.ts';
import type { Memory } from './memory.ts';
import { type Place, placeOf } from './place.ts';
import type { Pressure } from './pressure.ts';
import type { Slabinfo } from './slabinfo.ts';
import type { Tasks } from './tasks.ts';
import { openCpuQuota as openCpuQuotaV1, openCpuUsage as openCpuUsageV1 } from './v1/cpu.ts';
import { openCpuset as openCpusetV1 } from './v1/cpuset.ts';
import { openIo as openIoV1 } from './v1/io.ts';
import { openMemory as openMemoryV1 } from './v1/memory.ts';
import { openSlabinfo } from './v1/slabinfo.ts';
import { openTasks as openTasksV1 } from './v1/tasks.ts';
import { openCpuQuota as openCpuQuotaV2, openCpuUsage as openCpuUsageV2 } from './v2/cpu.ts';
import { openCpuset as openCpusetV2 } from './v2/cpuset.ts';
import { openIo as openIoV2 } from './v2/io.ts';
import { openMemory as openMemoryV2 } from './v2/memory.ts';
import { openPressure } from './v2/pressure.ts';
import { openTasks as openTasksV2 } from './v2/tasks.ts';

/** The cgroups of one container: one place per controller, each of them read through kept descriptors. */
export interface Cgroup {
  /** Undefined where there is no cpuset hierarchy: all CPUs are allowed. */
  readonly cpuset: Cpuset | undefined;
  /** Undefined where the cpu cgroup is the root, or there is none: nothing limits CPU time. */
  readonly cpuQuota: CpuQuota | undefined;
  /** Undefined where the cpuacct cgroup is the root, or there is none: only the machine's CPU time is counted. */
  readonly cpuUsage: CpuUsage | undefined;
  /** Undefined where no cgroup tells the container's tasks from all others. */
  readonly tasks: Tasks | undefined;
  /** Undefined where the memory cgroup is the root, or there is none: nothing limits memory. */
  readonly memory: Memory | undefined;
  /** Undefined where the blkio or io cgroup is the root, or there is none: disks are counted for all together. */
  readonly io: Io | undefined;
  /** Undefined where the v2 cgroup is the root, or there is no v2. */
  readonly pressure: Pressure | undefined;
  /** Undefined as `memory`, and on v2. */
  readonly slabinfo: Slabinfo | undefined;
  /** True where all cgroups that have controllers are the roots of their hierarchies: these processes are in no container. */
  readonly isRoot: boolean;
  /** Closes every kept descriptor. */
  close(): void;
}

/**
 * Opens the cgroups of a process. Each controller's path is taken by itself, since on v1 they may differ.
 */
export function openCgroup(layout: CgroupLayout, membership: Membership, groups: Groups): Cgroup {
  let opened: readonly Group[] = [];
  const open = (place: Place): Group => {
    const known = opened.find(({ directory }) => directory === place.directories[0]);
    if (known !== undefined) return known; // controllers of one hierarchy
    const group = groups.open(place);
    opened = opened.concat(group); // takes no more room than it needs
    return group;
  };
  const { cpuset, cpu, cpuacct, memory, io, pids, v2 } = placesOf(layout, membership);
  const tasks = cpu ?? pids ?? memory;
  return {
    cpuset: cpuset && (cpuset.version === 1 ? openCpusetV1 : openCpusetV2)(open(cpuset)),
    cpuQuota: cpu && (cpu.version === 1 ? openCpuQuotaV1 : openCpuQuotaV2)(open(cpu)),
    cpuUsage: cpuacct && (cpuacct.version === 1 ? openCpuUsageV1 : openCpuUsageV2)(open(cpuacct)),
    tasks:
      tasks &&
      (tasks.version === 1 ? openTasksV1(open(tasks), pids && open(pids)) : openTasksV2(open(tasks))),
    memory: memory && (memory.version === 1 ? openMemoryV1 : openMemoryV2)(open(memory)),
    io: io && (io.version === 1 ? openIoV1 : openIoV2)(open(io)),
    pressure: v2 && openPressure(open(v2)),
    slabinfo: memory?.version === 1 ? openSlabinfo(open(memory)) : undefined,
    isRoot: [...membership].every(([controller, path]) => isNamed(controller) || path === '/'),
    close: () => {
      for (const group of opened) groups.close(group);
      opened = [];
    },
  };
}

/** The place of each controller; all but that of the cpuset only below the root. */
function placesOf(layout: CgroupLayout, membership: Membership) {
  const belowRoot = (controller: string): Place | undefined => {
    const place = placeOfController(layout, membership, controller);
    return place?.isRoot === false ? place : undefined;
  };
  return {
    cpuset: placeOfController(layout, membership, 'cpuset'),
    cpu: belowRoot('cpu'),
    cpuacct: belowRoot('cpuacct'), // on v2, any group counts CPU time
    memory: belowRoot('memory'),
    io: belowRoot('blkio'), // which v2 calls io
    pids: belowRoot('pids'),
    v2: belowRoot(''),
  };
}

/** The place of the v1 hierarchy that has the controller, else of the v2 hierarchy; undefined where there is none. */
export function placeOfController(
  layout: CgroupLayout,
  membership: Membership,
  controller: string,
): Place | undefined {
  const v1 = layout.v1.get(controller);
  const hierarchy = v1 ?? layout.v2;
  const path = membership.get(v1 ? controller : '');
  return hierarchy === undefined || path === undefined ? undefined : placeOf(hierarchy, path);
}

/** A named hierarchy has no controllers: systemd keeps its units in `name=systemd`, on the host too. */
function isNamed(controller: string): boolean {
  return controller.startsWith('name=');
}
