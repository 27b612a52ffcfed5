import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { detectCgroupLayout } from '../../../src/cgroup/layout.ts';
import { topOf, writeValue } from './cgroup-directory.ts';
import type { Limits } from './limits.ts';
import { bundleConfig } from './oci-bundle.ts';
import type { OciContainer } from './oci-container.ts';
import type { Command } from './run.ts';
import { uniqueName } from './unique-name.ts';

/** Where a container that is to hold others finds the daemon's files. */
export const FILES_INSIDE = '/lxcfs';

/** Runs a command in a container that a container started, and gives its standard output. */
export type InnerContainer = (...command: Command) => Promise<string>;

/**
 * Has a container start another one by runc, in a cgroup below its own, with the files at {@link FILES_INSIDE} bound over its own.
 * It ends with the outer one.
 */
export async function startInnerContainer(outer: OciContainer, limits: Limits): Promise<InnerContainer> {
  leaveCgroup(outer);
  const name = uniqueName();
  const directory = join(outer.directory, 'rootfs', name);
  mkdirSync(join(directory, 'rootfs'), { recursive: true });
  const config = bundleConfig({
    daemon: { path: (file) => FILES_INSIDE + file },
    limits,
    cgroupPath: `/${outer.name}/${name}`,
    userNamespace: false,
  });
  writeFileSync(join(directory, 'config.json'), JSON.stringify(config));
  await outer.output(0, ['sh', '-ec', START, 'sh', name]);
  return (...command) => outer.output(0, ['runc', 'exec', name, ...command]);
}

/** Its root directory is that of the outer one. What runc says must not go to our pipe, which the container would keep open. */
const START = `
cd "/$1"
mount --bind / rootfs
runc run --detach "$1" </dev/null >log 2>&1 || { cat log >&2; exit 1; }`;

/** A v2 cgroup that has processes itself cannot limit those below it: the outer container's go into one of their own. */
function leaveCgroup(outer: OciContainer): void {
  const { v1, v2 } = detectCgroupLayout('');
  if (v1.has('memory')) return;
  const cgroup = join(topOf(v2), outer.name);
  const own = join(cgroup, 'init');
  if (existsSync(own)) return;
  mkdirSync(own);
  writeValue(join(own, 'cgroup.procs'), outer.pid);
  writeValue(join(cgroup, 'cgroup.subtree_control'), '+memory +cpuset +cpu +io');
}
