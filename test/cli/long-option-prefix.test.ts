import { Option } from 'commander';
import t from 'tap';
import { expandLongOptions } from '../../src/cli/long-option-prefix.ts';

const OPTIONS = ['--pidfile <file>', '--enable-cfs', '--enable-cgroup', '--enable', '-s'].map(
  (flags) => new Option(flags),
);

t.test('as getopt_long understands abbreviations', async (t) => {
  const cases: readonly (readonly [args: string[], expanded: string[]])[] = [
    [
      ['--pid', 'x'],
      ['--pidfile', 'x'],
    ],
    [['--p=x=--y'], ['--pidfile=x=--y']],
    [['--enable-cf'], ['--enable-cfs']],
    [['--enable'], ['--enable']], // a whole name is not ambiguous, whatever it begins
    [['--he'], ['--help']],
    [
      ['--other', '-s', '-p', '-', 'x'],
      ['--other', '-s', '-p', '-', 'x'],
    ],
    [
      ['--', '--pid'],
      ['--', '--pid'],
    ],
    [['--pid=a\nb'], ['--pidfile=a\nb']],
  ];
  for (const [args, expanded] of cases) t.same(expandLongOptions(args, OPTIONS), expanded, args.join(' '));
  t.throws(() => expandLongOptions(['--enable-c'], OPTIONS), {
    name: 'UsageError',
    message: "option '--enable-c' is ambiguous: it may be --enable-cfs or --enable-cgroup",
  });
});
