import { createRequire } from 'node:module';
import { isatty } from 'node:tty';
import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import type { LogFormat, LogLevel } from './lxcfs-options.ts';
import { writeWhole } from './write-whole.ts';

const STDERR = 2;

/**
 * The log: JSON lines or readable text on stderr, each line written before the call returns, so that the last words before an
 * end are not lost. `format` undefined: readable on a terminal, JSON elsewhere.
 */
export function createLog(level: LogLevel, format: LogFormat | undefined): Logger {
  const isTerminal = isatty(STDERR);
  const isPretty = format === undefined ? isTerminal : format === 'pretty';
  return pino(
    {
      level,
      base: null, // no pid, no host name: the journal has both
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    isPretty ? prettyStream(isTerminal) : { write: (line: string) => writeWhole(STDERR, line) },
  );
}

/**
 * pino-pretty without its stream, which would hold back lines and lose them at an abrupt end. It is loaded only where it is
 * wanted, since it takes memory for as long as the daemon runs.
 */
function prettyStream(colorize: boolean): DestinationStream {
  const { prettyFactory }: typeof import('pino-pretty') = createRequire(import.meta.url)('pino-pretty');
  const format = prettyFactory({ colorize, translateTime: 'SYS:HH:MM:ss.l' });
  return { write: (line: string) => writeWhole(STDERR, format(line)) };
}
