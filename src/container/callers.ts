import type { CgroupLayout } from '../cgroup/layout.ts';
import { openCgroup, placeOfController } from '../cgroup/cgroup.ts';
import { Groups } from '../cgroup/group.ts';
import { type Membership, parseMembership } from '../cgroup/membership.ts';
import { COALESCE_MILLIS } from '../procfs/coalescing.ts';
import { type DescriptorPool, KernelFile } from '../procfs/kernel-file.ts';
import { parsePidStat } from '../procfs/pid-stat.ts';
import type { Container } from './container.ts';
import { Containers } from './containers.ts';
import { effectiveMembership } from './effective-membership.ts';
import { findNamespaceInit, pidNamespaceOf } from './namespace-init.ts';
import { Recent } from './recent.ts';

/** A process whose cgroups are watched through a descriptor that is bound to it. */
interface Watched {
  readonly cgroupFile: KernelFile;
  /** Of /proc/PID/cgroup at the last look. What it says is kept of no process, and parsed again where it changes. */
  text: string;
}

interface NamespaceInit extends Watched {
  readonly pid: number;
  readonly startTicks: number;
  /** When its cgroups were last looked at and found to be what they had been. */
  unchangedAtMillis: number;
  readonly containers: Containers;
}

interface Caller extends Watched {
  /** Undefined for a caller in the daemon's own pid namespace. */
  readonly namespace: string | undefined;
  /** A process never changes its pid namespace, nor a namespace its init: this one stays, as long as it can be had. */
  init: NamespaceInit | undefined;
  /** The last judgement, with the texts of the caller's and its init's cgroups on which it rests. */
  judged: { readonly text: string; readonly initText: string; readonly container: Container } | undefined;
}

const MAX_CALLERS = 4096;
const MAX_NAMESPACES = 16_384;

/**
 * Finds the container of a caller. What is known of a caller or a namespace is used only while the descriptor of its
 * /proc/PID/cgroup answers, which is bound to the process and not to the number: neither the reuse of a pid nor that of a
 * namespace's inode number can mislead it, and a change of the caller's cgroups is seen at once. That of an init's is, too,
 * unless many reads come at the same time: those within {@link COALESCE_MILLIS} share one look.
 */
export class Callers {
  readonly #proc: string;
  readonly #layout: CgroupLayout;
  readonly #pool: DescriptorPool;
  readonly #groups: Groups;
  readonly #ownNamespace: string | undefined;
  readonly #callers: Recent<number, Caller>;
  readonly #inits: Recent<string, NamespaceInit>;
  /** Containers of callers in the daemon's own pid namespace, by text of their cgroups. */
  readonly #own = new Containers();

  /** `root` is '' for this host, or the directory of a captured tree. */
  constructor(root: string, layout: CgroupLayout, pool: DescriptorPool) {
    this.#proc = `${root}/proc`;
    this.#layout = layout;
    this.#pool = pool;
    this.#groups = new Groups(pool);
    this.#ownNamespace = pidNamespaceOf(this.#proc, 'self');
    this.#callers = new Recent<number, Caller>({
      limit: MAX_CALLERS,
      isAlive: stillThere,
      letGo: (caller) => caller.cgroupFile.close(),
    });
    this.#inits = new Recent<string, NamespaceInit>({
      limit: MAX_NAMESPACES,
      isAlive: stillThere,
      letGo: (init) => {
        init.unchangedAtMillis = -Infinity;
        init.cgroupFile.close();
        init.containers.clear();
      },
    });
  }

  /** The container of the thread `pid`; undefined for pid 0 (outside of the daemon's pid namespace) and for one that is gone. */
  containerOf(pid: number): Container | undefined {
    const caller = pid === 0 ? undefined : (this.#known(pid) ?? this.#meet(pid));
    if (caller === undefined) return undefined;
    if (caller.namespace === undefined) return this.#container(caller.text, undefined);
    if (caller.init === undefined || !stillThereLately(caller.init)) {
      caller.init = this.#initOf(caller.namespace, pid, membershipOf(caller.text));
      caller.judged = undefined;
    }
    const { init } = caller;
    // A namespace without an init is about to end, and its processes with it.
    if (init === undefined) return this.#container(caller.text, undefined);
    const { judged } = caller;
    if (judged?.text === caller.text && judged.initText === init.text) return judged.container;
    const ofInit = membershipOf(init.text);
    const membership = effectiveMembership(ofInit, membershipOf(caller.text));
    const text = membership === ofInit ? init.text : textOf(membership);
    const container = this.#container(text, init, membership);
    caller.judged = { text: caller.text, initText: init.text, container };
    return container;
  }

  #known(pid: number): Caller | undefined {
    const caller = this.#callers.get(pid);
    if (caller === undefined || stillThere(caller)) return caller;
    this.#callers.delete(pid);
    return undefined;
  }

  #meet(pid: number): Caller | undefined {
    const cgroupFile = new KernelFile(this.#proc, `${pid}/cgroup`, this.#pool);
    const text = cgroupFile.readBound();
    if (text === undefined) return undefined;
    const namespace = pidNamespaceOf(this.#proc, pid);
    // Still alive: so the link read in between was that of the same process.
    if (namespace === undefined || cgroupFile.readBound() === undefined) {
      cgroupFile.close();
      return undefined;
    }
    const own = namespace === this.#ownNamespace;
    const caller = {
      cgroupFile,
      text: sameText(text),
      namespace: own ? undefined : namespace,
      init: undefined,
      judged: undefined,
    };
    this.#callers.set(pid, caller);
    return caller;
  }

  #initOf(namespace: string, pid: number, membership: Membership): NamespaceInit | undefined {
    const known = this.#inits.get(namespace);
    if (known !== undefined && stillThere(known)) return known;
    this.#inits.delete(namespace);
    const place = placeOfController(this.#layout, membership, 'memory');
    const initPid = findNamespaceInit(this.#proc, pid, namespace, place?.limitable ?? []);
    return initPid === undefined ? undefined : this.#meetInit(namespace, initPid);
  }

  #meetInit(namespace: string, pid: number): NamespaceInit | undefined {
    const cgroupFile = new KernelFile(this.#proc, `${pid}/cgroup`, this.#pool);
    const text = cgroupFile.readBound();
    const stat = new KernelFile(this.#proc, `${pid}/stat`, this.#pool);
    const statText = stat.readBound();
    stat.close();
    const startTicks = parsePidStat(statText ?? '')?.startTicks;
    if (text === undefined || startTicks === undefined || pidNamespaceOf(this.#proc, pid) !== namespace) {
      cgroupFile.close();
      return undefined;
    }
    const init: NamespaceInit = {
      cgroupFile,
      text: sameText(text),
      pid,
      startTicks,
      unchangedAtMillis: -Infinity,
      containers: new Containers(),
    };
    this.#inits.set(namespace, init);
    return init;
  }

  /** `membership` is what `text` says, where that is not the text of a file. */
  #container(text: string, init: NamespaceInit | undefined, membership?: Membership): Container {
    const containers = init?.containers ?? this.#own;
    const known = containers.get(text);
    if (known !== undefined) return known;
    const container: Container = {
      cgroup: openCgroup(this.#layout, membership ?? membershipOf(text), this.#groups),
      initPid: init?.pid,
      initStartTicks: init?.startTicks,
    };
    containers.set(text, container);
    return container;
  }
}

/** The text that was parsed last, and what it says. */
let latest: { readonly text: string; readonly membership: Membership } = { text: '', membership: new Map() };

function membershipOf(text: string): Membership {
  if (text !== latest.text) latest = { text, membership: parseMembership(text) };
  return latest.membership;
}

/** A container's init and its other processes are met one after the other: a text that they share is kept once. */
function sameText(text: string): string {
  return text === latest.text ? latest.text : text;
}

/** Looks at the process's cgroups again; false once it is gone. */
function stillThere(watched: Watched): boolean {
  const text = watched.cgroupFile.readBound();
  if (text === undefined) return false;
  if (text !== watched.text) watched.text = sameText(text);
  return true;
}

/** As {@link stillThere}, for who may have been looked at a moment ago. */
function stillThereLately(init: NamespaceInit): boolean {
  const now = performance.now();
  if (now - init.unchangedAtMillis < COALESCE_MILLIS) return true;
  const { text } = init;
  if (!stillThere(init)) return false;
  init.unchangedAtMillis = init.text === text ? now : -Infinity;
  return true;
}

function textOf(membership: Membership): string {
  return [...membership].map(([controller, path]) => `${controller}:${path}`).join('\n');
}
