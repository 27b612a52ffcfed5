import type { Option } from 'commander';
import { UsageError } from './usage-error.ts';

/**
 * Writes out abbreviated long options, as getopt_long(3) understands them: `--enable-load` is `--enable-loadavg` as long as
 * no other option starts so. Unknown ones are left to commander's own message; ambiguous ones throw {@link UsageError}.
 */
export function expandLongOptions(args: readonly string[], options: readonly Option[]): string[] {
  const known = ['--help', ...options.flatMap((option) => option.long ?? [])];
  const end = args.indexOf('--');
  return args.map((arg, index) => (end !== -1 && index >= end ? arg : expand(arg, known)));
}

/** `--pid=/run/x` */
function expand(arg: string, known: readonly string[]): string {
  const [, name, value = ''] = /^(--[^=]+)(=.*)?$/s.exec(arg) ?? [];
  if (name === undefined || known.includes(name)) return arg;
  const candidates = known.filter((option) => option.startsWith(name));
  if (candidates.length > 1) {
    throw new UsageError(`option '${name}' is ambiguous: it may be ${candidates.join(' or ')}`);
  }
  return candidates[0] === undefined ? arg : candidates[0] + value;
}
