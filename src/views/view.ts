import type { Container } from '../container/container.ts';
import type { HostFiles } from '../procfs/host-files.ts';

/** What the command line says about the content of files (SPEC of the options: README). */
export interface ViewOptions {
  /** -u: every swap field is 0. */
  readonly disableSwap: boolean;
  /** --disable-zswap: Zswap and Zswapped are 0. */
  readonly disableZswap: boolean;
  /** -l: loadavg is the container's own. */
  readonly enableLoadavg: boolean;
  /** --enable-cfs: the number of CPUs follows the CFS quota as well as the cpuset. */
  readonly enableCfs: boolean;
  /** --device-names: whose names disks have in diskstats and partitions. */
  readonly deviceNames: 'host' | 'container';
  /** --cpu-topology: flat numbers the packages of cpuinfo anew, host keeps the host's lines. */
  readonly cpuTopology: 'flat' | 'host';
}

/** Everything that one rendering of a file may look at. */
export interface ViewContext {
  readonly container: Container;
  readonly host: HostFiles;
  readonly options: ViewOptions;
  /** Directory below the runtime directory where what must outlive the server is kept. */
  readonly stateDirectory: string;
}

/** Renders one file for one container; undefined where nothing of it can be known: the host's file is shown then. */
export type View = (context: ViewContext) => string | undefined;
