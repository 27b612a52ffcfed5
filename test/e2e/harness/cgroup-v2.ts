import type { CgroupLayout } from '../../../src/cgroup/layout.ts';
import { makeCgroupDirectory, topOf, writeValue } from './cgroup-directory.ts';
import { type Limits, PERIOD_MICROS, type TestCgroup } from './limits.ts';
import type { Scope } from './cleanup.ts';

/** Makes a cgroup in the v2 hierarchy. The controllers must be enabled for the groups at its top. */
export function makeCgroupV2(t: Scope, layout: CgroupLayout, path: string): TestCgroup {
  const directory = topOf(layout.v2) + path;
  makeCgroupDirectory(t, directory);
  return {
    path,
    procsFiles: [`${directory}/cgroup.procs`],
    limit: (limits) => setLimits(directory, limits),
    delegate: () => writeValue(`${directory}/cgroup.subtree_control`, '+memory +cpuset +cpu +io'),
    child: (childTest, name) => makeCgroupV2(childTest, layout, `${path}/${name}`),
  };
}

function setLimits(directory: string, limits: Limits): void {
  const { memoryBytes, swapBytes, cpus, quota, isUrgent, disk } = limits;
  if (memoryBytes !== undefined) writeValue(`${directory}/memory.max`, memoryBytes);
  if (swapBytes !== undefined) writeValue(`${directory}/memory.swap.max`, swapBytes);
  if (cpus !== undefined) writeValue(`${directory}/cpuset.cpus`, cpus);
  const quotaMicros = quota === Infinity ? 'max' : (quota ?? 0) * PERIOD_MICROS;
  if (quota !== undefined) writeValue(`${directory}/cpu.max`, `${quotaMicros} ${PERIOD_MICROS}`);
  if (isUrgent === true) writeValue(`${directory}/cpu.weight`, 10_000);
  if (disk !== undefined) writeValue(`${directory}/io.max`, `${disk.device} rbps=${disk.bytesPerSecond}`);
}
