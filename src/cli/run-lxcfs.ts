import { createLog } from '../supervisor/log.ts';
import { packageVersion } from '../supervisor/package-version.ts';
import { StartError } from '../supervisor/start-error.ts';
import { runSupervisor } from '../supervisor/supervisor.ts';
import { writeWhole } from '../supervisor/write-whole.ts';
import { type LxcfsRequest, parseLxcfsArguments } from './lxcfs-options.ts';
import { UsageError } from './usage-error.ts';

const STDOUT = 1;
const STDERR = 2;

/** Runs `lxcfs` from its arguments to its end and returns the exit status: 0, 1 after an error, 2 after wrong usage. */
export async function runLxcfs(args: readonly string[]): Promise<number> {
  const request = parse(args);
  switch (request.kind) {
    case 'wrong':
      writeWhole(STDERR, `lxcfs: ${request.message} (lxcfs --help shows the usage)\n`);
      return 2;
    case 'print':
      writeWhole(STDOUT, request.text);
      return 0;
    case 'run': {
      const { options } = request;
      const log = createLog(options.logLevel, options.logFormat);
      try {
        return await runSupervisor(options, log);
      } catch (error) {
        // An error that was foreseen speaks for itself; any other one needs its stack.
        log.fatal(error instanceof StartError ? { kind: error.kind } : { err: error }, messageOf(error));
        return 1;
      }
    }
  }
}

function parse(args: readonly string[]): LxcfsRequest | { readonly kind: 'wrong'; readonly message: string } {
  try {
    return parseLxcfsArguments(args, packageVersion(), process.cwd());
  } catch (error) {
    if (error instanceof UsageError) return { kind: 'wrong', message: error.message };
    throw error;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
