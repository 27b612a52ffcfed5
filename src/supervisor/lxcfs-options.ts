import type { ViewOptions } from '../views/view.ts';

/** Least to most severe; `silent` writes nothing. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

export type LogFormat = 'json' | 'pretty';

/** What one `lxcfs` command line asks for, all paths absolute. */
export interface LxcfsOptions {
  readonly mountPoint: string;
  readonly pidFile: string;
  /** The directory in which `lxcfs/` with the daemon's own state is kept; `/run` unless said otherwise. */
  readonly runtimeDirectory: string;
  /** Reader threads of the server; undefined: as many as suit the host. */
  readonly threads: number | undefined;
  readonly view: ViewOptions;
  /** -d: one line in the log per request. */
  readonly debug: boolean;
  readonly logLevel: LogLevel;
  /** Undefined: pretty on a terminal, JSON elsewhere. */
  readonly logFormat: LogFormat | undefined;
  /** Options that were accepted although they have no effect here, a sentence each, for the log. */
  readonly warnings: readonly string[];
}
