import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { CgroupLayout } from '../../../src/cgroup/layout.ts';
import { makeCgroupDirectory, topOf, writeValue } from './cgroup-directory.ts';
import { type Limits, PERIOD_MICROS, type TestCgroup } from './limits.ts';
import type { Scope } from './cleanup.ts';

const CONTROLLERS = ['memory', 'cpuset', 'cpu', 'cpuacct', 'blkio'];

/** Makes a cgroup in the v1 hierarchies, and on a hybrid machine in the v2 one too, where its pressure files are. */
export function makeCgroupV1(t: Scope, layout: CgroupLayout, path: string): TestCgroup {
  const hierarchies = CONTROLLERS.flatMap((name) => layout.v1.get(name) ?? []).concat(layout.v2 ?? []);
  const tops = new Set(hierarchies.map(topOf)); // controllers may share one hierarchy
  for (const top of tops) makeCgroupDirectory(t, top + path);
  const file = (controller: string, name: string): string =>
    `${topOf(layout.v1.get(controller))}${path}/${name}`;
  inheritCpuset(dirname(file('cpuset', 'tasks')));
  return {
    path,
    procsFiles: [...tops].map((top) => `${top}${path}/cgroup.procs`),
    limit: (limits) => setLimits(file, limits),
    delegate: () => undefined, // nothing in the way of that
    child: (childTest, name) => makeCgroupV1(childTest, layout, `${path}/${name}`),
  };
}

/** A new cpuset has no CPU and no memory node, and takes no process before it has both. */
function inheritCpuset(directory: string): void {
  for (const name of ['cpuset.cpus', 'cpuset.mems']) {
    writeValue(`${directory}/${name}`, readFileSync(`${dirname(directory)}/${name}`, 'latin1').trim());
  }
}

function setLimits(file: (controller: string, name: string) => string, limits: Limits): void {
  const { memoryBytes, swapBytes, cpus, quota, isUrgent, disk } = limits;
  if (memoryBytes !== undefined) {
    const memorySwap = file('memory', 'memory.memsw.limit_in_bytes');
    // memory plus swap is never below memory: out of the way first
    if (existsSync(memorySwap)) writeValue(memorySwap, -1);
    writeValue(file('memory', 'memory.limit_in_bytes'), memoryBytes);
    if (swapBytes !== undefined) writeValue(memorySwap, memoryBytes + swapBytes);
  }
  if (cpus !== undefined) writeValue(file('cpuset', 'cpuset.cpus'), cpus);
  if (quota !== undefined) {
    writeValue(file('cpu', 'cpu.cfs_period_us'), PERIOD_MICROS);
    writeValue(file('cpu', 'cpu.cfs_quota_us'), quota === Infinity ? -1 : quota * PERIOD_MICROS);
  }
  if (isUrgent === true) writeValue(file('cpu', 'cpu.shares'), 262_144);
  if (disk !== undefined) {
    writeValue(file('blkio', 'blkio.throttle.read_bps_device'), `${disk.device} ${disk.bytesPerSecond}`);
  }
}
