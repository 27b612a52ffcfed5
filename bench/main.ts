import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Scope, withScope } from '../test/e2e/harness/cleanup.ts';
import { type Container, startContainer } from '../test/e2e/harness/container.ts';
import { unable } from '../test/e2e/harness/requirements.ts';
import { type Bench, compareFiles, comparePrograms, type Result } from './compare.ts';
import type { Figure } from './figure.ts';
import { measureDepth } from './depth.ts';
import { measureLargeHost } from './host.ts';
import { type BenchOptions, parseOptions, USAGE } from './options.ts';
import { FLOOR, OURS, pin, startPeers } from './peer.ts';
import { makeReader } from './reader.ts';
import { report } from './report.ts';
import { measureScale } from './scale.ts';
import { measureStalls } from './stall.ts';
import { measureStarts } from './start.ts';
import { judge } from './targets.ts';
import { memoryMebibytes } from './usage.ts';

const LIMITS = { memoryBytes: 256 * 1024 * 1024 };
/** A daemon has its memory a moment after its first answer. */
const SETTLE_MILLIS = 3000;

const asked = parseOptions(process.argv.slice(2));
if (asked === undefined) console.log(USAGE);
else await withScope((scope) => bench(asked, scope));

async function bench(options: BenchOptions, scope: Scope): Promise<void> {
  const reason = unable('mounts');
  if (reason !== false) throw new Error(`cannot measure here: ${reason}`);
  const { settings, peers: programs, rounds, millis } = options;
  const startedAt = performance.now();
  const progress = (text: string): void => {
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    process.stderr.write(`${seconds} s: ${text}\n`);
  };
  if (programs.length === 0) progress('no other lxcfs, since none is installed and --peer names none');
  const peers = await startPeers(scope, programs);
  const reader = await makeReader(scope);
  const made: Bench = { reader, millis, rounds, progress };
  const containers: Container[] = [];
  while (containers.length < options.readers) containers.push(await startContainer(scope, LIMITS));
  await sleep(SETTLE_MILLIS);
  const figures: Figure[] = peers.flatMap(({ name: peer, daemon }) => {
    const most = peer === OURS ? { most: 85 } : {};
    const name = 'memory at the start: all processes';
    return [
      { name, peer, value: memoryMebibytes(daemon.pids()), unit: 'MiB', ...most },
      {
        name: `${name}, without programs`,
        peer,
        value: memoryMebibytes(daemon.pids(), 'Pss_Anon'),
        unit: 'MiB',
      },
    ];
  });

  const results: Result[] = await compareFiles(peers, containers, options.files, settings, made);
  if (settings.includes('programs')) {
    results.push(
      ...(await comparePrograms(
        peers,
        ({ daemon }) => startContainer(scope, LIMITS, { bound: daemon }),
        made,
      )),
    );
  }
  for (const peer of peers) await pin(peer, `0-${availableParallelism() - 1}`);
  const [ours] = peers;
  const [container] = containers;
  const real = peers.filter(({ name }) => name !== FLOOR);
  if (ours !== undefined && container !== undefined) {
    const parts: Readonly<Record<string, () => Promise<Figure[]>>> = {
      start: () => measureStarts(peers, programs, reader),
      reload: () => measureStalls(ours, container, reader),
      depth: () => measureDepth(real, made),
      host: measureLargeHost,
      scale: () => measureScale(real, container, options.reads, containers, made),
    };
    for (const [name, part] of Object.entries(parts)) {
      if (!settings.includes(name)) continue;
      figures.push(...(await part()));
      progress(name);
    }
  }
  const findings = { machine: machine(options), results, figures, verdicts: judge(results, figures) };
  writeFileSync(options.json, `${JSON.stringify(findings, undefined, 2)}\n`);
  console.log(report(findings));
}

function machine({ rounds, millis }: BenchOptions): Record<string, string | number> {
  return {
    node: process.version,
    kernel: release(),
    CPUs: availableParallelism(),
    model: cpus()[0]?.model.trim() ?? 'unknown',
    date: new Date().toISOString(),
    rounds,
    millis,
  };
}
