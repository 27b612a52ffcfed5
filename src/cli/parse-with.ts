import { type Command, CommanderError } from 'commander';
import { UsageError } from './usage-error.ts';

/**
 * Has a commander program parse `args` without letting it print or end the process.
 * Returns the text of --help or --version where one of them was asked for; throws {@link UsageError}.
 */
export function parseWith(program: Command, args: readonly string[]): string | undefined {
  let output = '';
  program.exitOverride();
  program.configureOutput({
    writeOut: (text) => {
      output += text;
    },
    writeErr: () => undefined, // the same text comes with the CommanderError
  });
  for (const command of program.commands) command.copyInheritedSettings(program);
  try {
    program.parse(args, { from: 'user' });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return output;
    throw new UsageError(oneLine(error.message), { cause: error });
  }
}

/** `error: unknown option '--enable-load'\n(Did you mean --enable-loadavg?)` */
function oneLine(message: string): string {
  return message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
}
