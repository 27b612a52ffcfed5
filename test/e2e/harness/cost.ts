import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { detectCgroupLayout } from '../../../src/cgroup/layout.ts';
import type { Scope } from './cleanup.ts';
import { startContainer } from './container.ts';
import { type Daemon, startDaemon } from './daemon.ts';
import { program } from './programs.ts';
import { repositoryPath } from './repository.ts';
import { output } from './run.ts';
import { serverAtWork } from './server-at-work.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** What one open, read, read and close costs. */
export interface Cost {
  /** Like read and write: what /proc/PID/io counts. */
  readonly systemCalls: number;
  /** Allocated in V8's heap and outside of it. */
  readonly bytes: number;
}

/** By path below the mount point. */
export type Costs = Readonly<Record<string, Cost>>;

/** What is committed: costs in the captured trees, and the system calls of a server at work. */
export interface CostTable {
  readonly trees: Readonly<Record<CostFixture, Costs>>;
  readonly serverCalls: Readonly<Record<string, number>>;
}

/** The captured trees whose containers are measured. */
export const COST_FIXTURES = ['v1-hybrid', 'v2'] as const;

type CostFixture = (typeof COST_FIXTURES)[number];

const SEMI_SPACE_MEBIBYTES = 128;
const LOADER = '@isaacs/ts-node-temp-fork-for-pr-2009/import';
const SERVER_OPERATIONS = 200;
const SERVER_MEASUREMENTS = 3;
const SETTLE_MILLIS = 100;

/** What the files of a captured tree cost the file system itself, without a kernel: the same on every machine. */
export async function costsOf(scope: Scope, fixture: CostFixture): Promise<Costs> {
  const flags = ['min', 'max'].map((end) => `--${end}-semi-space-size=${SEMI_SPACE_MEBIBYTES}`);
  const probe = repositoryPath('test/e2e/harness/cost-probe.ts');
  const root = join(temporaryDirectory(scope), fixture);
  const command = [...flags, '--expose-gc', '--import', LOADER, probe, fixture, root];
  return JSON.parse(
    await output([process.execPath, ...command], { limitMillis: 60_000, cwd: repositoryPath() }),
  );
}

/** Why this machine cannot be compared with the one that the table's last column is of; false where it can. */
export function unlikeTable(): string | false {
  if (!detectCgroupLayout('').v1.has('memory')) return 'the table is of cgroup v1';
  const [major = 0, minor = 0] = release().split('.').map(Number);
  return major < 6 || (major === 6 && minor < 9) ? 'the table is of Linux 6.9, without a journal' : false;
}

/** System calls like read and write that a server makes while a file is opened, read to its end and closed. */
export async function serverCalls(
  scope: Scope,
  files: readonly string[],
): Promise<Readonly<Record<string, number>>> {
  const daemon = await startDaemon(scope, ['-l', '--enable-cfs']);
  const container = await startContainer(scope, { memoryBytes: 64 * 1024 * 1024 });
  const calls: Record<string, number> = {};
  for (const file of files) {
    const read = (count: number): Promise<string> =>
      container.output(program('read-many', daemon.path(file), count, '()'));
    await read(1);
    let least = Infinity; // others on this machine may look at the mount, too
    for (let measurement = 0; measurement < SERVER_MEASUREMENTS; measurement++) {
      const before = await settledCalls(daemon);
      await read(SERVER_OPERATIONS);
      least = Math.min(least, (await settledCalls(daemon)) - before);
    }
    calls[file] = Math.round(least / SERVER_OPERATIONS);
  }
  return calls;
}

/** Calls made so far by the server; the kernel reports a close when it likes. */
async function settledCalls(daemon: Daemon): Promise<number> {
  await sleep(SETTLE_MILLIS);
  const text = readFileSync(`/proc/${serverAtWork(daemon)}/io`, 'latin1');
  return Number(/^syscr: (\d+)$/m.exec(text)?.[1]) + Number(/^syscw: (\d+)$/m.exec(text)?.[1]);
}

/** The committed table as text. */
export const COST_TABLE = repositoryPath('test/e2e/cost.txt');

const HEAD = `What it costs to open a file, read it to its end and close it: system calls like read and write, and bytes allocated.
In the file system alone, for the containers of two captured trees, and (calls only) in a server of a machine with cgroup v1.
Written by \`npm run cost\`; test/e2e/cost.test.ts sees to it that nothing gets dearer.
`;

/** Writes a table as text. */
export function formatCosts({ trees, serverCalls: ofServer }: CostTable): string {
  const [v1, v2] = [trees['v1-hybrid'], trees.v2];
  const rows = Object.entries(ofServer).map(([file, calls]) =>
    line(file, v1[file]?.systemCalls, v1[file]?.bytes, v2[file]?.systemCalls, v2[file]?.bytes, calls),
  );
  return `${HEAD}\n${line('file', 'v1-hybrid', 'bytes', 'v2', 'bytes', 'server')}${rows.join('')}`;
}

function line(name: string, ...cells: readonly (string | number | undefined)[]): string {
  return `${name.padEnd(32)}${cells.map((cell) => String(cell).padStart(12)).join('')}\n`;
}

/** Reads what {@link formatCosts} wrote. */
export function parseCosts(text: string): CostTable {
  const table = { trees: { 'v1-hybrid': {}, v2: {} }, serverCalls: {} } as const satisfies CostTable;
  const [, rows = ''] = text.split(/^file .*\n/m);
  for (const row of rows.split('\n').filter(Boolean)) {
    const [file = '', ...cells] = row.split(/\s+/);
    const [v1Calls = 0, v1Bytes = 0, v2Calls = 0, v2Bytes = 0, calls = 0] = cells.map(Number);
    Object.assign(table.trees['v1-hybrid'], { [file]: { systemCalls: v1Calls, bytes: v1Bytes } });
    Object.assign(table.trees.v2, { [file]: { systemCalls: v2Calls, bytes: v2Bytes } });
    Object.assign(table.serverCalls, { [file]: calls });
  }
  return table;
}
