import { isatty } from 'node:tty';
import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import { prettyFactory } from 'pino-pretty';
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

/** pino-pretty without its stream, which would hold back lines and lose them at an abrupt end. */
function prettyStream(colorize: boolean): DestinationStream {
  const format = prettyFactory({ colorize, translateTime: 'SYS:HH:MM:ss.l' });
  return { write: (line: string) => writeWhole(STDERR, format(line)) };
}
