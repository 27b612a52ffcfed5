import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isInstalled } from '../test/e2e/harness/requirements.ts';

/** What the command line of the benchmark asks for. */
export interface BenchOptions {
  readonly files: readonly string[];
  readonly rounds: number;
  /** Length of one measurement. */
  readonly millis: number;
  /** Readers, each in a container of its own, of the crowd. */
  readonly readers: number;
  /** Programs of other implementations to compare with. */
  readonly peers: readonly string[];
  /** Where to write the results as JSON. */
  readonly json: string | undefined;
}

/** What `--help` prints. */
export const USAGE = `npm run bench -- [options]      (as root)
  --files=LIST    below the mount point (proc/meminfo,proc/cpuinfo,proc/uptime)
  --rounds=N      alternating rounds (5)
  --millis=N      length of one measurement (500)
  --readers=N     readers of the crowd, each in its own container (4)
  --peer=PROGRAM  another lxcfs to compare with, may be given again (the installed C implementation, if there is one)
  --json=FILE     write all results there`;

/** Reads the command line of the benchmark; undefined where it asks for help. Throws where it is wrong. */
export function parseOptions(args: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', default: false },
      files: { type: 'string', default: 'proc/meminfo,proc/cpuinfo,proc/uptime' },
      rounds: { type: 'string', default: '5' },
      millis: { type: 'string', default: '500' },
      readers: { type: 'string', default: String(Math.max(4, availableParallelism())) },
      peer: { type: 'string', multiple: true },
      json: { type: 'string' },
    },
  });
  if (values.help) return undefined;
  return {
    files: values.files.split(','),
    rounds: positive('--rounds', values.rounds),
    millis: positive('--millis', values.millis),
    readers: positive('--readers', values.readers),
    peers: values.peer ?? (isInstalled('lxcfs') ? ['lxcfs'] : []),
    json: values.json,
  };
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`${option}: expected a whole number above 0, found ${text}`);
}
