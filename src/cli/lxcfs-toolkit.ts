import { writeSync } from 'node:fs';
import { openLog } from '../toolkit/toolkit-log.ts';
import { hookMain } from './hook-main.ts';
import { runToolkit } from './run-toolkit.ts';
import type { ToolkitInvocation } from './toolkit-invocation.ts';
import { parseToolkitArguments } from './toolkit-program.ts';
import { UsageError } from './usage-error.ts';
import { packageVersion } from '../supervisor/package-version.ts';

/** Runs lxcfs-toolkit; resolves to its exit status: 0, 1 where something failed, 2 for wrong usage. */
async function main(args: readonly string[]): Promise<number> {
  const invocation = parse(args);
  if (typeof invocation === 'number') return invocation;
  const { command, json, logFile } = invocation;
  if (command.name === 'hook') {
    return hookMain({ strict: command.strict, directory: invocation.directory, logFile });
  }
  const log = await openLog('lxcfs-toolkit', logFile);
  try {
    if (process.getuid?.() !== 0 && command.name !== 'cdi')
      throw new Error('containers and mounts need root: run it with sudo');
    const outcome = await runToolkit(invocation, command, log);
    print(1, json ? `${JSON.stringify(outcome.json)}\n` : outcome.text);
    return outcome.status;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    log.error(message, { command: command.name });
    print(2, `lxcfs-toolkit ${command.name}: ${message}\n`);
    return 1;
  }
}

function parse(args: readonly string[]): ToolkitInvocation | 0 | 2 {
  try {
    const invocation = parseToolkitArguments(args, packageVersion());
    if (typeof invocation !== 'string') return invocation;
    print(1, invocation);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    print(2, `lxcfs-toolkit: ${error.message}; see lxcfs-toolkit --help\n`);
    return 2;
  }
}

/** At once, so that the process may end whatever its children are doing; a reader that has left is no error. */
function print(fd: 1 | 2, text: string): void {
  try {
    writeSync(fd, text);
  } catch {
    // EPIPE
  }
}

process.exit(await main(process.argv.slice(2)));
