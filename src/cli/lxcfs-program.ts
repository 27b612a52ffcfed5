import { Command, InvalidArgumentError, Option } from 'commander';
import { LOG_LEVELS } from '../supervisor/lxcfs-options.ts';

/** Reader threads that a server may be told to have. */
const MAX_THREADS = 16;

/** The options of `lxcfs` and their help. A boolean option that is not given is absent from the result. */
export function createLxcfsProgram(version: string): Command {
  return new Command('lxcfs')
    .usage('[options] MOUNTPOINT')
    .description(
      'Mounts a tree at MOUNTPOINT whose proc and sys files show each container its own limits and usage.\n' +
        'Runs in the foreground until it is told to end or the tree is unmounted.',
    )
    .argument('[MOUNTPOINT]', 'directory to mount on, usually /var/lib/lxcfs')
    .option('-u, --disable-swap', 'show no swap')
    .option('-l, --enable-loadavg', "show the container's own load average")
    .option('--enable-cfs', 'count CPUs by CFS quota as well as by cpuset')
    .option('--disable-zswap', 'show 0 for Zswap and Zswapped')
    .addOption(
      choice('--device-names <whose>', 'names of disks in diskstats and partitions', ['host', 'container']),
    )
    .addOption(choice('--cpu-topology <kind>', 'packages and cores in cpuinfo', ['flat', 'host']))
    .option('-p, --pidfile <file>', 'pid file (default: RUNTIME/lxcfs.pid)', nonEmpty)
    .addOption(
      new Option('--runtime-dir <dir>', 'directory RUNTIME for the pid file and state')
        .default('/run')
        .argParser(nonEmpty),
    )
    .addOption(
      new Option('-o, --mount-options <list>', 'mount options, for compatibility: accepted, without effect')
        .argParser((list: string, before: readonly string[]) => [...before, ...words(list)])
        .default([], 'none'),
    )
    .option('--threads <count>', `reader threads, 1 to ${MAX_THREADS} (default: by number of CPUs)`, threads)
    .option('-d, --debug', 'log each request')
    .addOption(
      new Option('--log-level <level>', 'least severe level to log (default: info)').choices(LOG_LEVELS),
    )
    .addOption(
      new Option('--log-format <format>', 'of the log on stderr (default: pretty on a terminal)').choices([
        'json',
        'pretty',
      ]),
    )
    .option('-f, --foreground', 'for compatibility: it always is')
    .option('-s', 'for compatibility: no effect')
    .option('--enable-pidfd', 'for compatibility: no effect')
    .option('--enable-cgroup', 'for compatibility: no effect')
    .option('--enable-psi-poll', 'for compatibility: no effect')
    .version(version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addHelpText(
      'after',
      '\nSignals: USR1 reloads the code, USR2 switches between container and host view, TERM and INT unmount and end.',
    );
}

/** An option with a fixed set of values, the first one being the default. */
function choice(flags: string, description: string, values: readonly [string, ...string[]]): Option {
  return new Option(flags, description).choices(values).default(values[0]);
}

function nonEmpty(value: string): string {
  if (value === '') throw new InvalidArgumentError('It is empty.');
  return value;
}

function threads(value: string): number {
  const count = /^\d{1,4}$/.test(value) ? Number(value) : 0;
  if (count < 1 || count > MAX_THREADS) {
    throw new InvalidArgumentError(`It must be a number from 1 to ${MAX_THREADS}.`);
  }
  return count;
}

/** `allow_other,entry_timeout=0.5` */
function words(list: string): string[] {
  return list.split(',').filter((word) => word !== '');
}
