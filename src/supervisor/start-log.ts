import { release } from 'node:os';
import type { Logger } from 'pino';
import type { CgroupLayout } from '../cgroup/layout.ts';
import type { LxcfsOptions } from './lxcfs-options.ts';

/** The first lines of the log: what runs, on what, where the cgroups are, and what the command line asked for. */
export function logStart(log: Logger, version: string, layout: CgroupLayout, options: LxcfsOptions): void {
  log.info(
    { version, pid: process.pid, node: process.version, kernel: release(), arch: process.arch },
    'lxcfs starts',
  );
  log.info({ cgroups: layout.kind, ...describeLayout(layout) }, 'cgroup layout');
  const { warnings, ...asked } = options;
  log.info(asked, 'options');
  for (const warning of warnings) log.warn(warning);
}

/** Where each hierarchy is mounted and which controllers it has: `{ '/sys/fs/cgroup/cpu': 'cpu,cpuacct' }`. */
export function describeLayout(layout: CgroupLayout): Record<'v1' | 'v2', Record<string, string>> {
  return { v1: describe(layout.v1.values()), v2: describe(layout.v2 === undefined ? [] : [layout.v2]) };
}

function describe(hierarchies: Iterable<NonNullable<CgroupLayout['v2']>>): Record<string, string> {
  const places: Record<string, string> = {};
  for (const { mounts, controllers } of hierarchies) {
    for (const { mountPoint } of mounts) places[mountPoint] = controllers.join(',');
  }
  return places;
}
