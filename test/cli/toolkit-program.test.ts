import t from 'tap';
import { parseToolkitArguments } from '../../src/cli/toolkit-program.ts';

const parse = (line: string) => parseToolkitArguments(line.split(' ').filter(Boolean), '1.2.3');
const COMMON = { directory: undefined, logFile: undefined, json: false };

t.test('commands', async (t) => {
  const id = { kind: 'id', id: '3f2a' };
  const cases: readonly (readonly [string, object])[] = [
    ['remount --all', { ...COMMON, command: { name: 'remount', target: { kind: 'all' } } }],
    ['remount -a', { ...COMMON, command: { name: 'remount', target: { kind: 'all' } } }],
    ['remount --container-id 3f2a', { ...COMMON, command: { name: 'remount', target: id } }],
    ['umount -c 3f2a', { ...COMMON, command: { name: 'umount', target: id } }],
    ['show --pid 42', { ...COMMON, command: { name: 'show', target: { kind: 'pid', pid: 42 } } }],
    ['check-lxcfs', { ...COMMON, command: { name: 'check-lxcfs', timeoutMillis: 15_000 } }],
    ['check-lxcfs --timeout=0.5', { ...COMMON, command: { name: 'check-lxcfs', timeoutMillis: 500 } }],
    ['prestart', { ...COMMON, command: { name: 'prestart' } }],
    ['hook --strict', { ...COMMON, command: { name: 'hook', strict: true } }],
    ['cdi', { ...COMMON, command: { name: 'cdi', output: undefined, hookOnly: false } }],
    [
      '--lxcfs /a --log /b --json cdi -o /c',
      {
        command: { name: 'cdi', output: '/c', hookOnly: false },
        directory: '/a',
        logFile: '/b',
        json: true,
      },
    ],
    ['prestart --lxcfs=/a', { ...COMMON, command: { name: 'prestart' }, directory: '/a' }],
  ];
  for (const [line, expected] of cases) t.same(parse(line), expected, line);
});

t.test('wrong usage says what is wrong', async (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['', /no command given/],
    ['--json', /no command|outputHelp/],
    ['bogus', /unknown command 'bogus'/],
    ['remount', /remount needs --all or --container-id ID/],
    ['umount --all -c x', /one of them/],
    ['show', /--container-id ID or --pid PID/],
    ['show --pid x', /process id/],
    ['check-lxcfs --timeout soon', /number of seconds/],
    ['remount --everything', /unknown option '--everything'/],
    ['remount --container-id', /argument missing/],
  ];
  for (const [line, message] of cases) t.throws(() => parse(line), { name: 'UsageError', message }, line);
});

t.test('help and version', async (t) => {
  t.equal(parse('--version'), '1.2.3\n');
  t.match(parse('--help'), /remount .*umount .*show .*check-lxcfs .*prestart .*hook .*cdi /s);
  t.match(parse('remount --help'), /--container-id/);
});
