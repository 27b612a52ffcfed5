import { parseArgs } from 'node:util';
import { isInstalled } from '../test/e2e/harness/requirements.ts';

/** Everything that can be measured, in this order; by default what takes minutes only. */
export const SETTINGS = [
  'one-cpu',
  'free',
  'crowd',
  'pread',
  'programs',
  'start',
  'reload',
  'depth',
  'host',
  'scale',
] as const;
const QUICK = SETTINGS.filter((setting) => setting !== 'scale' && setting !== 'depth' && setting !== 'host');

const FILES = [
  'proc/meminfo',
  'proc/cpuinfo',
  'proc/stat',
  'proc/uptime',
  'proc/loadavg',
  'proc/diskstats',
  'proc/swaps',
  'proc/partitions',
  'proc/slabinfo',
  'proc/pressure/cpu',
  'proc/pressure/io',
  'proc/pressure/memory',
  'sys/devices/system/cpu/online',
];

/** What the command line of the benchmark asks for. */
export interface BenchOptions {
  readonly settings: readonly string[];
  readonly files: readonly string[];
  readonly rounds: number;
  /** Length of one measurement. */
  readonly millis: number;
  /** Readers, each in a container of its own, of the crowd. */
  readonly readers: number;
  /** Reads after which memory is measured at last. */
  readonly reads: number;
  /** Programs of other implementations to compare with. */
  readonly peers: readonly string[];
  /** Where to write the results as JSON. */
  readonly json: string;
}

/** What `--help` prints. */
export const USAGE = `npm run bench -- [options]      (as root; about 5 minutes, with --scale 10)
  --settings=LIST ${SETTINGS.join(',')}
                  (all but depth, host and scale)
  --scale         these three as well: deep cgroups, many CPUs and disks, 1,000 containers, memory
  --files=LIST    below the mount point (all)
  --rounds=N      alternating rounds (5)
  --millis=N      length of one measurement (200)
  --readers=N     readers of the crowd, each in its own container (8)
  --reads=N       reads after which memory is measured (1000000)
  --peer=PROGRAM  another lxcfs to compare with, may be given again (the installed C implementation, if there is one)
  --json=FILE     write all results there (bench.json)`;

/** Reads the command line of the benchmark; undefined where it asks for help. Throws where it is wrong. */
export function parseOptions(args: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', default: false },
      settings: { type: 'string' },
      scale: { type: 'boolean', default: false },
      files: { type: 'string', default: FILES.join(',') },
      rounds: { type: 'string', default: '5' },
      millis: { type: 'string', default: '200' },
      readers: { type: 'string', default: '8' },
      reads: { type: 'string', default: '1000000' },
      peer: { type: 'string', multiple: true },
      json: { type: 'string', default: 'bench.json' },
    },
  });
  if (values.help) return undefined;
  return {
    settings:
      values.settings === undefined ? (values.scale ? SETTINGS : QUICK) : known(values.settings.split(',')),
    files: values.files.split(','),
    rounds: positive('--rounds', values.rounds),
    millis: positive('--millis', values.millis),
    readers: positive('--readers', values.readers),
    reads: positive('--reads', values.reads),
    peers: values.peer ?? (isInstalled('lxcfs') ? ['lxcfs'] : []),
    json: values.json,
  };
}

function known(settings: readonly string[]): readonly string[] {
  const all: readonly string[] = SETTINGS;
  const unknown = settings.find((setting) => !all.includes(setting));
  if (unknown === undefined) return settings;
  throw new Error(`--settings: expected some of ${SETTINGS.join(',')}, found ${unknown}`);
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`${option}: expected a whole number above 0, found ${text}`);
}
