import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release } from 'node:os';
import type { Scope, Undo } from '../test/e2e/harness/cleanup.ts';
import { type Container, startContainer } from '../test/e2e/harness/container.ts';
import { unable } from '../test/e2e/harness/requirements.ts';
import type { Command } from '../test/e2e/harness/run.ts';
import { compare, type Result } from './compare.ts';
import { type BenchOptions, parseOptions, USAGE } from './options.ts';
import { type Peer, pin, startPeers } from './peer.ts';
import { makeReader } from './reader.ts';
import { report } from './report.ts';
import { settings } from './settings.ts';
import { type Stall, stall } from './stall.ts';
import { median, memoryMebibytes } from './usage.ts';

const MEMORY_LIMIT_BYTES = 256 * 1024 * 1024;
const STALL_EVENTS = ['nothing', 'reload', 'crash of the server'] as const;
const STALL_REPETITIONS = 3;

const undos: Undo[] = [];
const asked = parseOptions(process.argv.slice(2));
if (asked === undefined) console.log(USAGE);
else {
  try {
    await bench(asked, { teardown: (undo) => undos.push(undo) });
  } finally {
    for (const undo of undos.toReversed()) undo();
  }
}

async function bench({ peers: programs, json, ...options }: BenchOptions, scope: Scope): Promise<void> {
  const reason = unable('mounts');
  if (reason !== false) throw new Error(`cannot measure here: ${reason}`);
  const peers = await startPeers(scope, programs);
  if (programs.length === 0) progress('no other lxcfs, since none is installed and --peer names none');
  const reader = await makeReader(scope);
  const containers: Container[] = [];
  while (containers.length < options.readers) {
    containers.push(await startContainer(scope, { memoryBytes: MEMORY_LIMIT_BYTES }));
  }
  const atStart = peers.map(memoryOf);
  const results: Result[] = [];
  for (const setting of settings(options.readers)) {
    for (const file of options.files) {
      results.push(...(await compare(setting, file, peers, { ...options, containers, reader })));
      progress(`${setting.name} ${file}`);
    }
  }
  const memory = peers.map((peer, index) => ({
    peer: peer.name,
    atStart: atStart[index] ?? Number.NaN,
    atEnd: memoryOf(peer),
  }));
  const stalls = await measureStalls(peers, containers, reader);
  const findings = { machine: machine(), results, memory, stalls };
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(findings, undefined, 2)}\n`);
  console.log(report(findings));
}

/** Only ours reloads and survives a crash without the mount being lost. */
async function measureStalls(
  peers: readonly Peer[],
  containers: readonly Container[],
  reader: Command,
): Promise<Stall[]> {
  const [ours, container] = [peers[0], containers[0]];
  if (ours === undefined || container === undefined) return [];
  await pin(ours, `0-${availableParallelism() - 1}`);
  const stalls: Stall[] = [];
  for (const event of STALL_EVENTS) {
    const tries: Stall[] = [];
    while (tries.length < STALL_REPETITIONS) tries.push(await stall(event, ours, container, reader));
    progress(event);
    stalls.push({
      event,
      longestMillis: median(tries.map(({ longestMillis }) => longestMillis)),
      failed: tries.reduce((total, { failed }) => total + failed, 0),
    });
  }
  return stalls;
}

function memoryOf({ daemon }: Peer): number {
  return memoryMebibytes(daemon.pids());
}

function machine(): Record<string, string | number> {
  return {
    node: process.version,
    kernel: release(),
    CPUs: availableParallelism(),
    model: cpus()[0]?.model.trim() ?? 'unknown',
    date: new Date().toISOString(),
  };
}

/** Goes to standard error, so that the report stands alone on standard output. */
function progress(text: string): void {
  process.stderr.write(`measured: ${text}\n`);
}
