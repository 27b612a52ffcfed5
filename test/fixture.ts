import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { openCgroup } from '../src/cgroup/cgroup.ts';
import { Groups } from '../src/cgroup/group.ts';
import { detectCgroupLayout } from '../src/cgroup/layout.ts';
import { parseMembership } from '../src/cgroup/membership.ts';
import { HostFiles } from '../src/procfs/host-files.ts';
import { DescriptorPool } from '../src/procfs/kernel-file.ts';
import { parsePidStat } from '../src/procfs/pid-stat.ts';
import type { ViewContext, ViewOptions } from '../src/views/view.ts';

/** Directory of all captured and hand-made trees. */
export const FIXTURES = new URL('./fixtures', import.meta.url).pathname;

/** Names of the trees that hold a whole container: the machine's files, and a process with its cgroups. */
export const containerFixtures = readdirSync(FIXTURES)
  .filter((name) => existsSync(`${FIXTURES}/${name}/proc/self/mountinfo`))
  .sort();

/** The options of a command line without any. */
const DEFAULT_OPTIONS: ViewOptions = {
  disableSwap: false,
  disableZswap: false,
  enableLoadavg: false,
  enableCfs: false,
  deviceNames: 'host',
  cpuTopology: 'flat',
};

const stateDirectories: string[] = [];

process.once('exit', () => {
  for (const directory of stateDirectories) rmSync(directory, { recursive: true, force: true });
});

/** What views are given for the one process with cgroups that a tree below `root` holds, of which nothing was shown before. */
export function containerIn(root: string, options: Partial<ViewOptions> = {}): ViewContext {
  const pool = new DescriptorPool(1000);
  const pid = readdirSync(`${root}/proc`).find(
    (name) => /^\d+$/.test(name) && existsSync(`${root}/proc/${name}/cgroup`),
  );
  const membership = parseMembership(readFileSync(`${root}/proc/${pid}/cgroup`, 'latin1'));
  const container = {
    cgroup: openCgroup(detectCgroupLayout(root), membership, new Groups(pool)),
    initPid: Number(pid),
    initStartTicks: startTicksOf(`${root}/proc/${pid}/stat`),
  };
  const stateDirectory = mkdtempSync(`${tmpdir()}/lxcfs-fixture-`);
  stateDirectories.push(stateDirectory);
  const host = new HostFiles(root, pool);
  return { container, host, options: { ...DEFAULT_OPTIONS, ...options }, stateDirectory };
}

function startTicksOf(path: string): number | undefined {
  return existsSync(path) ? parsePidStat(readFileSync(path, 'latin1'))?.startTicks : undefined;
}

/** Files whose expected text lies in `golden` beside each tree; a file that is missing there shows the host's. */
export const GOLDEN_FILES = [
  'proc/cpuinfo',
  'proc/diskstats',
  'proc/meminfo',
  'proc/partitions',
  'proc/pressure/cpu',
  'proc/pressure/io',
  'proc/pressure/memory',
  'proc/slabinfo',
  'proc/stat',
  'proc/swaps',
  'proc/uptime',
  'sys/devices/system/cpu/online',
];
