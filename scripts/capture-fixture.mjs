/**
 * Captures what the views read of one process: `node scripts/capture-fixture.mjs PID DIRECTORY` (after `npm run build`).
 * DIRECTORY then holds a small tree, proc and sys, which the code takes as its root instead of the machine's.
 */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { placeOfController } from '../dist/cgroup/cgroup.js';
import { detectCgroupLayout } from '../dist/cgroup/layout.js';
import { parseMembership } from '../dist/cgroup/membership.js';

const [pid, directory] = process.argv.slice(2);
if (pid === undefined || directory === undefined) {
  console.error('usage: node scripts/capture-fixture.mjs PID DIRECTORY');
  process.exit(2);
}

const HOST_FILES = [
  '/proc/cpuinfo',
  '/proc/diskstats',
  '/proc/loadavg',
  '/proc/meminfo',
  '/proc/partitions',
  '/proc/pressure/cpu',
  '/proc/pressure/io',
  '/proc/pressure/memory',
  '/proc/stat',
  '/proc/swaps',
  '/proc/uptime',
];
const CPU_FILES = ['online', 'offline', 'present', 'possible', 'kernel_max'].map(
  (name) => `/sys/devices/system/cpu/${name}`,
);
const PROCESS_FILES = ['cgroup', 'stat', 'status'].map((name) => `/proc/${pid}/${name}`);

/** Names of the cgroup files that are read, and of those that tell a root from other cgroups. */
const CGROUP_FILES = [
  /^cgroup\.(controllers|events|procs)$/,
  /^release_agent$/,
  /^memory\.(limit_in_bytes|usage_in_bytes|memsw\.(limit|usage)_in_bytes|swappiness|stat|kmem\.slabinfo)$/,
  /^memory\.(max|current|swap\.max|swap\.current)$/,
  /^(blkio\.(bfq\.|throttle\.)?io_.*_recursive|io\.stat)$/,
  /^(cpu|io|memory)\.pressure$/,
  /^(cpu\.(cfs_quota_us|cfs_period_us|stat|max)|cpuacct\.(usage|usage_all|usage_percpu|stat))$/,
  /^cpuset\.(cpus|effective_cpus|cpus\.effective)$/,
];

/** Those of the root of a hierarchy, whose numbers would be the whole machine's. */
const ROOT_FILES = [
  /^cgroup\.controllers$/,
  /^release_agent$/,
  /^cpuset\.(cpus|effective_cpus|cpus\.effective)$/,
];

for (const path of [...HOST_FILES, ...CPU_FILES, ...PROCESS_FILES]) copy(path);

const mountinfo = readFileSync('/proc/self/mountinfo', 'latin1')
  .split('\n')
  .filter((line) => / - cgroup2? /.test(line));
write('/proc/self/mountinfo', `${mountinfo.join('\n')}\n`);

const layout = detectCgroupLayout('');
const membership = parseMembership(readFileSync(`/proc/${pid}/cgroup`, 'latin1'));
for (const controller of ['', 'blkio', 'cpu', 'cpuacct', 'cpuset', 'memory']) {
  const place = placeOfController(layout, membership, controller);
  for (const level of place?.directories ?? []) {
    const wanted = place.limitable.includes(level) ? CGROUP_FILES : ROOT_FILES;
    const names = readdirSync(level).filter((name) => wanted.some((pattern) => pattern.test(name)));
    for (const name of names) copy(`${level}/${name}`);
  }
}

/** A file that cannot be read (switched off, or not there on this kernel) is left out. */
function copy(path) {
  try {
    write(path, readFileSync(path, 'latin1'));
  } catch (error) {
    console.error(`left out: ${error.message}`);
  }
}

function write(path, text) {
  mkdirSync(dirname(directory + path), { recursive: true });
  writeFileSync(directory + path, text, 'latin1');
}
