import t from 'tap';
import { parseLxcfsArguments } from '../../src/cli/lxcfs-options.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import type { LxcfsOptions } from '../../src/supervisor/lxcfs-options.ts';

const DEFAULTS: LxcfsOptions = {
  mountPoint: '/var/lib/lxcfs',
  pidFile: '/run/lxcfs.pid',
  runtimeDirectory: '/run',
  threads: undefined,
  view: {
    disableSwap: false,
    disableZswap: false,
    enableLoadavg: false,
    enableCfs: false,
    deviceNames: 'host',
    cpuTopology: 'flat',
  },
  debug: false,
  logLevel: 'info',
  logFormat: undefined,
  warnings: [],
};

function request(line: string) {
  return parseLxcfsArguments(line.split(' '), '1.2.3', '/work');
}

function view(changes: Partial<LxcfsOptions['view']>): Partial<LxcfsOptions> {
  return { view: { ...DEFAULTS.view, ...changes } };
}

t.test('command lines that run', (t) => {
  const lines: Record<string, Partial<LxcfsOptions>> = {
    '/var/lib/lxcfs': {},
    mnt: { mountPoint: '/work/mnt' },
    '-l /var/lib/lxcfs': view({ enableLoadavg: true }),
    '-lu /var/lib/lxcfs': view({ enableLoadavg: true, disableSwap: true }),
    '/var/lib/lxcfs -lu': view({ enableLoadavg: true, disableSwap: true }),
    '--enable-loadavg --enable-cfs --disable-swap --disable-zswap /var/lib/lxcfs': view({
      enableLoadavg: true,
      enableCfs: true,
      disableSwap: true,
      disableZswap: true,
    }),
    '--device-names=container --cpu-topology host /var/lib/lxcfs': view({
      deviceNames: 'container',
      cpuTopology: 'host',
    }),
    '-p /run/x.pid /var/lib/lxcfs': { pidFile: '/run/x.pid' },
    '-lp/run/x.pid /var/lib/lxcfs': { pidFile: '/run/x.pid', ...view({ enableLoadavg: true }) },
    '--pidfile=x.pid /var/lib/lxcfs': { pidFile: '/work/x.pid' },
    '--runtime-dir=/tmp/r /var/lib/lxcfs': { runtimeDirectory: '/tmp/r', pidFile: '/tmp/r/lxcfs.pid' },
    '--runtime-dir=/tmp/r -p /run/x.pid /var/lib/lxcfs': {
      runtimeDirectory: '/tmp/r',
      pidFile: '/run/x.pid',
    },
    '--threads 3 /var/lib/lxcfs': { threads: 3 },
    '-d /var/lib/lxcfs': { debug: true, logLevel: 'debug' },
    '-d --log-level=warn --log-format=json /var/lib/lxcfs': {
      debug: true,
      logLevel: 'warn',
      logFormat: 'json',
    },
    '-f -s --enable-pidfd /var/lib/lxcfs': {},
    '-s -f -o allow_other /var/lib/lxcfs': {},
    '-o allow_other,direct_io,entry_timeout=0.5,attr_timeout=0.5 -o nonempty,rw /var/lib/lxcfs': {},
    '--enable-cgroup --enable-psi-poll -o auto_unmount /var/lib/lxcfs': {
      warnings: [
        '-o auto_unmount has no effect: the mount outlives a crash so that readers do, and ends at an orderly end',
        '--enable-cgroup has no effect: there is no cgroup tree here, cgroup namespaces replace it',
        '--enable-psi-poll has no effect: pressure files can be read, triggers cannot be set',
      ],
    },
    '--enable-load --pid=/run/x.pid /var/lib/lxcfs': {
      pidFile: '/run/x.pid',
      ...view({ enableLoadavg: true }),
    },
    '-- -odd': { mountPoint: '/work/-odd' },
    '-- --enable-l': { mountPoint: '/work/--enable-l' },
  };
  for (const [line, changes] of Object.entries(lines)) {
    t.same(request(line), { kind: 'run', options: { ...DEFAULTS, ...changes } }, line);
  }
  t.end();
});

t.test('command lines that cannot be understood are named in one line', (t) => {
  const lines: Record<string, string> = {
    '-l': 'missing MOUNTPOINT',
    '/a /b': 'too many arguments',
    '-z /a': "unknown option '-z'",
    '--enable-loadavrg /a': "unknown option '--enable-loadavrg' (Did you mean --enable-loadavg?)",
    '--enable-c /a': "option '--enable-c' is ambiguous: it may be --enable-cfs or --enable-cgroup",
    '/a -p': "option '-p, --pidfile <file>' argument missing",
    '--pidfile= /a': "option '-p, --pidfile <file>' argument '' is invalid. It is empty.",
    '--threads=0 /a': "argument '0' is invalid. It must be a number from 1 to 16.",
    '--threads=17 /a': "argument '17' is invalid. It must be a number from 1 to 16.",
    '--threads=2x /a': "argument '2x' is invalid. It must be a number from 1 to 16.",
    '--cpu-topology=round /a': "argument 'round' is invalid. Allowed choices are flat, host.",
    '--log-level=loud /a': "argument 'loud' is invalid. Allowed choices are trace, debug",
    '-o allow_other,modules=subdir,noauto /a': 'unknown mount option in -o: modules=subdir, noauto',
    '-o entry_timeout=soon /a': 'unknown mount option in -o: entry_timeout=soon',
  };
  for (const [line, expected] of Object.entries(lines)) {
    t.throws(() => request(line), UsageError, line);
    try {
      request(line);
    } catch (error) {
      const message = error instanceof Error ? error.message : '';
      t.ok(message.includes(expected), `${line}: ${message}`);
      t.notMatch(message, /\n|^error/, line);
    }
  }
  t.end();
});

t.test('help and version are printed', (t) => {
  t.same(request('--version'), { kind: 'print', text: '1.2.3\n' });
  t.same(request('-v'), { kind: 'print', text: '1.2.3\n' });
  t.same(request('-lv /a'), { kind: 'print', text: '1.2.3\n' });
  const help = request('-h');
  t.equal(help.kind, 'print');
  t.match(help, { text: /Usage: lxcfs \[options\] MOUNTPOINT/ });
  t.match(help, { text: /--enable-loadavg .*load average/ });
  t.end();
});
