import { resolve } from 'node:path';
import type { LogFormat, LogLevel, LxcfsOptions } from '../supervisor/lxcfs-options.ts';
import { expandLongOptions } from './long-option-prefix.ts';
import { createLxcfsProgram } from './lxcfs-program.ts';
import { checkMountOptions } from './mount-options.ts';
import { parseWith } from './parse-with.ts';
import { UsageError } from './usage-error.ts';

/** What a command line turned out to ask for: to run, or to print help or version. */
export type LxcfsRequest =
  | { readonly kind: 'run'; readonly options: LxcfsOptions }
  | { readonly kind: 'print'; readonly text: string };

/**
 * Parses the arguments of `lxcfs` (without node and script), relative paths being below `workingDirectory`.
 * Throws {@link UsageError} for what cannot be understood.
 */
export function parseLxcfsArguments(
  args: readonly string[],
  version: string,
  workingDirectory: string,
): LxcfsRequest {
  const program = createLxcfsProgram(version);
  const text = parseWith(program, expandLongOptions(args, program.options));
  if (text !== undefined) return { kind: 'print', text };
  const [mountPoint] = program.args;
  if (mountPoint === undefined || mountPoint === '') throw new UsageError('missing MOUNTPOINT');
  const flags = program.opts<LxcfsFlags>();
  const runtimeDirectory = resolve(workingDirectory, flags.runtimeDir);
  return {
    kind: 'run',
    options: {
      mountPoint: resolve(workingDirectory, mountPoint),
      runtimeDirectory,
      pidFile: resolve(workingDirectory, flags.pidfile ?? `${runtimeDirectory}/lxcfs.pid`),
      threads: flags.threads,
      view: {
        disableSwap: flags.disableSwap ?? false,
        disableZswap: flags.disableZswap ?? false,
        enableLoadavg: flags.enableLoadavg ?? false,
        enableCfs: flags.enableCfs ?? false,
        deviceNames: flags.deviceNames,
        cpuTopology: flags.cpuTopology,
      },
      debug: flags.debug ?? false,
      logLevel: flags.logLevel ?? (flags.debug ? 'debug' : 'info'),
      logFormat: flags.logFormat,
      warnings: [...checkMountOptions(flags.mountOptions), ...compatibilityWarnings(flags)],
    },
  };
}

/** The values that commander leaves for the options of lxcfs-program.ts, which checks them. */
interface LxcfsFlags {
  readonly disableSwap?: true;
  readonly disableZswap?: true;
  readonly enableLoadavg?: true;
  readonly enableCfs?: true;
  readonly deviceNames: 'host' | 'container';
  readonly cpuTopology: 'flat' | 'host';
  readonly pidfile?: string;
  readonly runtimeDir: string;
  readonly mountOptions: readonly string[];
  readonly threads?: number;
  readonly debug?: true;
  readonly logLevel?: LogLevel;
  readonly logFormat?: LogFormat;
  readonly enableCgroup?: true;
  readonly enablePsiPoll?: true;
}

function compatibilityWarnings(flags: LxcfsFlags): string[] {
  const warnings: string[] = [];
  if (flags.enableCgroup) {
    warnings.push(
      '--enable-cgroup has no effect: there is no cgroup tree here, cgroup namespaces replace it',
    );
  }
  if (flags.enablePsiPoll) {
    warnings.push('--enable-psi-poll has no effect: pressure files can be read, triggers cannot be set');
  }
  return warnings;
}
