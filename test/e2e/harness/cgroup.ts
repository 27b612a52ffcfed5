import { detectCgroupLayout } from '../../../src/cgroup/layout.ts';
import { makeCgroupV1 } from './cgroup-v1.ts';
import { makeCgroupV2 } from './cgroup-v2.ts';
import type { Limits, TestCgroup } from './limits.ts';
import { uniqueName } from './unique-name.ts';
import type { Scope } from './cleanup.ts';

/**
 * Makes a cgroup at the top of the machine's hierarchies, v1, hybrid or v2.
 * At the test's end all its processes are killed, and it goes.
 */
export function makeCgroup(t: Scope, limits: Limits = {}): TestCgroup {
  const layout = detectCgroupLayout('');
  const path = `/${uniqueName()}`;
  const cgroup = layout.v1.has('memory') ? makeCgroupV1(t, layout, path) : makeCgroupV2(t, layout, path);
  cgroup.limit(limits);
  return cgroup;
}
