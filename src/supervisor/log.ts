import { createRequire } from 'node:module';
import { isatty } from 'node:tty';
import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import { LogOutput, openLogDescriptor } from '../server/log-output.ts';
import type { LogFormat, LogLevel } from './lxcfs-options.ts';

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
    streamOf(isPretty ? prettyFormat(isTerminal) : (line) => line),
  );
}

function streamOf(format: (line: string) => string): DestinationStream {
  const output = new LogOutput(openLogDescriptor(), (dropped) => format(lossNote(dropped)));
  return { write: (line: string) => output.write(format(line)) };
}

/** As pino would write it. */
function lossNote(dropped: number): string {
  const msg = 'log records were dropped: nobody read them';
  return `${JSON.stringify({ level: 'warn', time: new Date().toISOString(), dropped, msg })}\n`;
}

/**
 * pino-pretty without its stream, which would hold back lines and lose them at an abrupt end. It is loaded only where it is
 * wanted, since it takes memory for as long as the daemon runs.
 */
function prettyFormat(colorize: boolean): (line: string) => string {
  const { prettyFactory }: typeof import('pino-pretty') = createRequire(import.meta.url)('pino-pretty');
  return prettyFactory({ colorize, translateTime: 'SYS:HH:MM:ss.l' });
}
