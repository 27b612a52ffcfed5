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
    child: (childTest, name) => makeCgroupV2(childTest, layout, `${path}/${name}`),
  };
}

function setLimits(directory: string, { memoryBytes, swapBytes, cpus, quota }: Limits): void {
  if (memoryBytes !== undefined) writeValue(`${directory}/memory.max`, memoryBytes);
  if (swapBytes !== undefined) writeValue(`${directory}/memory.swap.max`, swapBytes);
  if (cpus !== undefined) writeValue(`${directory}/cpuset.cpus`, cpus);
  if (quota !== undefined) writeValue(`${directory}/cpu.max`, `${quota * PERIOD_MICROS} ${PERIOD_MICROS}`);
}
