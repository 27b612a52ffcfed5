import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Daemon } from './daemon.ts';
import { type Limits, PERIOD_MICROS } from './limits.ts';
import { repositoryPath } from './repository.ts';
import { output } from './run.ts';

/** Parts of a configuration that most containers do without, as the OCI runtime specification writes them. */
export interface BundleExtras {
  readonly hooks?: Readonly<Record<string, readonly OciHook[]>>;
  readonly mounts?: readonly OciMount[];
  readonly rootfsPropagation?: 'shared' | 'slave' | 'private';
  /** It is to start containers itself. */
  readonly holdsContainers?: boolean;
}

export interface OciHook {
  readonly path: string;
  readonly args: readonly string[];
  readonly timeout?: number;
}

export interface OciMount {
  readonly destination: string;
  readonly type: string;
  readonly source: string;
  readonly options?: readonly string[];
}

/** What to put into a container of an OCI runtime. */
export interface Bundle extends BundleExtras {
  /** Whose files are bound over the container's own; none if left out. */
  readonly daemon?: Pick<Daemon, 'path'> | undefined;
  readonly limits: Limits;
  readonly cgroupPath: string;
  /** The container has a user namespace of its own, in which 0 is the host's 100000. */
  readonly userNamespace: boolean;
}

/** Where the reader programs are inside. */
export const PROGRAMS_INSIDE = '/programs';

/**
 * Makes an OCI bundle in an empty directory: this machine's own root, copy on write, and a config.json that binds the daemon's
 * files over the container's, as far as runc allows it.
 */
export async function makeBundle(directory: string, bundle: Bundle): Promise<void> {
  await makeRoot(directory);
  writeFileSync(join(directory, 'config.json'), JSON.stringify(bundleConfig(bundle)));
}

/** Mounts the root directory of a container at `rootfs` in `directory`: the machine's own, copy on write. */
export async function makeRoot(directory: string): Promise<void> {
  const [layers, root] = [join(directory, 'layers'), join(directory, 'rootfs')];
  const [upper, work] = [join(layers, 'upper'), join(layers, 'work')];
  mkdirSync(layers);
  mkdirSync(root);
  await output(['mount', '-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', layers]);
  mkdirSync(upper);
  mkdirSync(work);
  cpSync(repositoryPath('test', 'e2e', 'programs'), upper + PROGRAMS_INSIDE, { recursive: true });
  const overlay = `lowerdir=/,upperdir=${upper},workdir=${work}`;
  await output(['mount', '-t', 'overlay', '-o', overlay, 'overlay', root]);
}

/** The OCI runtime specification's configuration of the container. */
export function bundleConfig({ daemon, limits, cgroupPath, userNamespace, ...extras }: Bundle): unknown {
  const mapping = [{ containerID: 0, hostID: 100_000, size: 65_535 }];
  return {
    ociVersion: '1.0.2',
    process: {
      user: { uid: 0, gid: 0 },
      args: ['/bin/sleep', '3600'],
      env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'LC_ALL=C'],
      cwd: '/',
      ...(extras.holdsContainers === true && { capabilities: capabilities() }),
    },
    root: { path: 'rootfs' },
    hostname: 'container',
    mounts: [...mounts(daemon), ...(extras.mounts ?? [])],
    ...(extras.hooks && { hooks: extras.hooks }),
    linux: {
      cgroupsPath: cgroupPath,
      resources: resources(limits),
      ...(extras.rootfsPropagation && { rootfsPropagation: extras.rootfsPropagation }),
      namespaces: namespaces(userNamespace).map((type) => ({ type })),
      ...(userNamespace && { uidMappings: mapping, gidMappings: mapping }),
    },
  };
}

/** runc refuses other names below /proc than these. */
const BOUND_IN_PROC = ['cpuinfo', 'diskstats', 'loadavg', 'meminfo', 'slabinfo', 'stat', 'swaps', 'uptime'];

function mounts(daemon: Bundle['daemon']): OciMount[] {
  return [
    { destination: '/proc', type: 'proc', source: 'proc' },
    { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['mode=755'] },
    { destination: '/sys', type: 'none', source: '/sys', options: ['rbind', 'ro'] },
    { destination: '/tmp', type: 'tmpfs', source: 'tmpfs', options: ['mode=1777'] },
    { destination: '/run', type: 'tmpfs', source: 'tmpfs', options: ['mode=755'] },
    ...(daemon === undefined ? [] : boundMounts(daemon)),
  ];
}

function boundMounts(daemon: NonNullable<Bundle['daemon']>): OciMount[] {
  const bound = [...BOUND_IN_PROC.map((name) => `/proc/${name}`), '/sys/devices/system/cpu'];
  return bound.map((name) => ({
    destination: name,
    type: 'none',
    source: daemon.path(name),
    options: ['bind', 'rw'],
  }));
}

/** What a runtime needs. */
const RUNTIME_CAPABILITIES = [
  'CAP_AUDIT_WRITE',
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FOWNER',
  'CAP_KILL',
  'CAP_MKNOD',
  'CAP_NET_ADMIN',
  'CAP_SETGID',
  'CAP_SETPCAP',
  'CAP_SETUID',
  'CAP_SYS_ADMIN',
  'CAP_SYS_CHROOT',
  'CAP_SYS_PTRACE',
];

function capabilities(): unknown {
  return Object.fromEntries(['bounding', 'effective', 'permitted'].map((set) => [set, RUNTIME_CAPABILITIES]));
}

function namespaces(userNamespace: boolean): string[] {
  return ['pid', 'mount', 'ipc', 'uts', 'network', ...(userNamespace ? ['user'] : [])];
}

function resources({ memoryBytes, swapBytes = 0, cpus, quota, isUrgent }: Limits): unknown {
  return {
    ...(memoryBytes !== undefined && { memory: { limit: memoryBytes, swap: memoryBytes + swapBytes } }),
    cpu: {
      ...(cpus !== undefined && { cpus }),
      ...(isUrgent === true && { shares: 262_144 }),
      ...(quota !== undefined && { quota: quota * PERIOD_MICROS, period: PERIOD_MICROS }),
    },
  };
}
