import type { Membership } from '../cgroup/membership.ts';

/** What a cgroup path tells about a container: who made it, and the id it goes by there. */
export interface CgroupName {
  readonly engine: string;
  readonly id: string;
}

/**
 * The container that a process belongs to, by the cgroups of /proc/PID/cgroup; of containers inside one another the
 * innermost. Undefined where no path has the form of a known engine.
 */
export function nameFromMembership(membership: Membership): CgroupName | undefined {
  for (const path of pathsInOrder(membership)) {
    const name = nameFromPath(path);
    if (name !== undefined) return name;
  }
  return undefined;
}

/**
 * The name for a container made by no known engine (runc by hand): the last name of its cgroup. Undefined where it has
 * no cgroup of its own, apart from `own` (the toolkit's), or one that systemd made for a service or session.
 */
export function nameFromLastResort(membership: Membership, own: Membership): CgroupName | undefined {
  for (const [controller, path] of inOrder(membership)) {
    const names = path.split('/').filter((name) => name !== '');
    const last = names.at(-1);
    if (last === undefined || path === own.get(controller) || names.some(isSystemdUnit)) continue;
    return { engine: 'other', id: last };
  }
  return undefined;
}

/** `/docker/3f2a...`, `/machine.slice/libpod-77ab....scope/container`, `/lxc.payload.web/system.slice/a.service` */
export function nameFromPath(path: string): CgroupName | undefined {
  const names = path.split('/').filter((name) => name !== '');
  for (let depth = names.length - 1; depth >= 0; depth--) {
    const name = names[depth] ?? '';
    const found =
      fromOwnName(name) ?? fromParentName(names[depth - 1] ?? '', name) ?? fromBareId(names, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Forms that say by themselves whose they are; what a group captures last is the id. */
const OWN_NAMES: readonly (readonly [engine: string, form: RegExp])[] = [
  ['docker', /^docker-([0-9a-f]+)\.scope$/],
  ['isula', /^isulad?-([0-9a-f]+)\.scope$/],
  ['podman', /^libpod-(?:payload-)?([0-9a-f]{12,})(?:\.scope)?$/],
  ['crio', /^crio-([0-9a-f]{12,})(?:\.scope)?$/],
  ['containerd', /^(?:cri-containerd|containerd|nerdctl)-([^/]+)\.scope$/],
  ['runc', /^(?:runc|crun|youki)-(.+)\.scope$/],
  ['lxc', /^lxc\.payload\.(.+)$/],
  ['nspawn', /^systemd-nspawn@(.+)\.service$/],
  ['nspawn', /^machine-(.+)\.scope$/],
];

function fromOwnName(name: string): CgroupName | undefined {
  for (const [engine, form] of OWN_NAMES) {
    const id = form.exec(name)?.[1];
    if (id !== undefined) return { engine, id: engine === 'nspawn' ? unescapeUnit(id) : id };
  }
  return undefined;
}

/** Directories whose children are containers by name. */
const PARENTS = new Map([
  ['docker', 'docker'],
  ['isulad', 'isula'],
  ['lxc', 'lxc'],
  ['lxc.payload', 'lxc'],
]);

function fromParentName(parent: string, name: string): CgroupName | undefined {
  const engine = PARENTS.get(parent);
  return engine === undefined ? undefined : { engine, id: name };
}

/** `/kubepods/burstable/pod0f1e.../8c2d...`, `/default/8c2d...`: 64 hex digits, as containerd names without systemd. */
function fromBareId(names: readonly string[], name: string): CgroupName | undefined {
  if (!/^[0-9a-f]{64}$/.test(name)) return undefined;
  return {
    engine: names.some((each) => each.startsWith('kubepods')) ? 'kubernetes' : 'containerd',
    id: name,
  };
}

function isSystemdUnit(name: string): boolean {
  return /\.(?:service|scope|slice|socket|mount)$/.test(name);
}

/** systemd writes other characters than letters, digits, `:`, `_` and `.` as `\x2d`. */
function unescapeUnit(text: string): string {
  return text.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Engines always name their group in systemd's hierarchy or v2; single controllers may be shared by containers. */
const PREFERRED = ['name=systemd', '', 'memory', 'pids'];

function inOrder(membership: Membership): [controller: string, path: string][] {
  return [...membership].sort(([a], [b]) => rank(a) - rank(b));
}

function rank(controller: string): number {
  return PREFERRED.includes(controller) ? PREFERRED.indexOf(controller) : PREFERRED.length;
}

function pathsInOrder(membership: Membership): string[] {
  return inOrder(membership).map(([, path]) => path);
}
