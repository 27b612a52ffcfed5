import { existsSync, readdirSync } from 'node:fs';
import type { Callers } from '../container/callers.ts';
import type { Container } from '../container/container.ts';
import { RequestError } from '../fuse/errno.ts';
import type { HostFiles } from '../procfs/host-files.ts';
import { errnoOf } from '../procfs/kernel-file.ts';
import type { View, ViewContext, ViewOptions } from '../views/view.ts';
import { cpuNumber, type VisibleCpus } from './cpu-names.ts';
import type { Mirror } from './mirror.ts';
import { CPU_DIRECTORY } from './nodes.ts';
import type { Node } from './tree.ts';

/** What {@link Contents} is made of. */
export interface ContentsParts {
  readonly callers: Pick<Callers, 'containerOf'>;
  readonly host: HostFiles;
  readonly mirror: Mirror;
  readonly options: ViewOptions;
  readonly stateDirectory: string;
  readonly views: ReadonlyMap<string, View>;
  /** The cpuN that a container sees; undefined where that cannot be known. */
  readonly containerCpus: (context: ViewContext) => VisibleCpus | undefined;
  /** Whether the host's own files are shown to everybody (SIGUSR2). */
  readonly hostView: () => boolean;
  /** Told of what went wrong where the host's file is shown instead. */
  readonly onFailure: (path: string, error: unknown) => void;
}

/** The content of every file for every caller: the container's where it can be had, else the host's. */
export class Contents {
  readonly #parts: ContentsParts;

  constructor(parts: ContentsParts) {
    this.#parts = parts;
  }

  /** Contents for which there are no containers: the host's own for everybody. */
  static ofHost(host: HostFiles, mirror: Mirror): Contents {
    return new Contents({
      callers: { containerOf: () => undefined },
      host,
      mirror,
      options: HOST_OPTIONS,
      stateDirectory: '',
      views: new Map(),
      containerCpus: () => undefined,
      hostView: () => true,
      onFailure: () => undefined,
    });
  }

  /** Text of a file as the caller `pid` is to see it. */
  textOf(node: Node, pid: number): string {
    if (node.kind === 'mirror') return this.#mirrorText(node.path, pid);
    const view = this.#parts.views.get(node.path);
    return this.#forContainer(node.path, pid, (context) => view?.(context)) ?? this.#hostText(node.path);
  }

  /** The cpuN that the caller `pid` is to see. */
  visibleCpus(pid: number): VisibleCpus {
    return this.#forContainer(CPU_DIRECTORY, pid, this.#parts.containerCpus) ?? this.#hostCpus();
  }

  /** Of a container's CPUs `online` says 1, since it may use what it sees; everything else is the host's. */
  #mirrorText(path: string, pid: number): string {
    const cpus = this.#forContainer(CPU_DIRECTORY, pid, this.#parts.containerCpus);
    if (cpus !== undefined && CPU_ONLINE.test(path)) return '1\n';
    return this.#parts.mirror.read(path, cpus ?? this.#hostCpus());
  }

  #forContainer<T>(
    path: string,
    pid: number,
    render: (context: ViewContext) => T | undefined,
  ): T | undefined {
    if (this.#parts.hostView()) return undefined;
    try {
      const container: Container | undefined = this.#parts.callers.containerOf(pid);
      if (container === undefined) return undefined;
      const { host, options, stateDirectory } = this.#parts;
      return render({ container, host, options, stateDirectory });
    } catch (error) {
      this.#parts.onFailure(path, error);
      return undefined;
    }
  }

  #hostText(path: string): string {
    const text = readHost(this.#parts.host, `/${path}`);
    // The host's caches are not for everybody, on the host neither.
    return path === 'proc/slabinfo' ? slabinfoHeader(text) : text;
  }

  #hostCpus(): VisibleCpus {
    const directory = `${this.#parts.host.root}/${CPU_DIRECTORY}`;
    const names = existsSync(directory) ? readdirSync(directory) : [];
    return new Map(names.flatMap((name) => cpuNumber(name) ?? []).map((cpu) => [cpu, cpu]));
  }
}

const CPU_ONLINE = /^sys\/devices\/system\/cpu\/cpu\d+\/online$/;

/** Of no effect where nothing is rendered. */
const HOST_OPTIONS: ViewOptions = {
  disableSwap: false,
  disableZswap: false,
  enableLoadavg: false,
  enableCfs: false,
  deviceNames: 'host',
  cpuTopology: 'host',
};

/** Failures of the host's own file are the reader's, as they would be without this mount: EOPNOTSUPP where PSI is off. */
function readHost(host: HostFiles, path: string): string {
  try {
    return host.file(path).readToEnd() ?? '';
  } catch (error) {
    throw new RequestError(
      errnoOf(error) === 'EOPNOTSUPP' ? 'EOPNOTSUPP' : 'EIO',
      `${path}: ${String(error)}`,
    );
  }
}

/** The two lines before the caches: `slabinfo - version: 2.1` and `# name            <active_objs> ...`. */
function slabinfoHeader(text: string): string {
  return text
    .split('\n', 2)
    .map((line) => `${line}\n`)
    .join('');
}
