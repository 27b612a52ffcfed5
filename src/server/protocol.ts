import type { ViewOptions } from '../views/view.ts';

/*
 * What supervisor and server say to each other over the IPC channel of the server process, and by which descriptors and
 * arguments a server is started. After an upgrade and a reload, the supervisor is older than the servers that it starts:
 * fields and messages never change their meaning, and a server must get along without one that was added later.
 */

/** Descriptor at which a server finds /dev/fuse; behind it is one end of a pipe that the keeper of the mount watches. */
export const FUSE_FD = 4;

/** Name of server processes, so that `pidof lxcfs` finds the supervisor alone. */
export const SERVER_NAME = 'lxcfs-server';

/** What a server needs to know; its one argument, as JSON. */
export interface ServerConfig {
  readonly mountPoint: string;
  /** Directory of what outlives a server: open files, node ids, bases of counters. */
  readonly stateDirectory: string;
  readonly threads: number;
  /** The kernel's FUSE protocol, `7.45`. */
  readonly protocol: string;
  /** Whether the kernel sends unanswered requests again when asked. */
  readonly canResend: boolean;
  /** The server that this one is to replace, if that is alive; any other process is none. */
  readonly predecessorPid: number | undefined;
  /** Whether each request is traced. */
  readonly trace: boolean;
  readonly view: ViewOptions;
}

/** Supervisor to server. */
export type ServerCommand =
  /** Begin to take requests; `resend`: an earlier server may have left some unanswered. */
  | { readonly kind: 'serve'; readonly resend: boolean; readonly hostView: boolean }
  /** Whether everybody is shown the host's own files. */
  | { readonly kind: 'host-view'; readonly enabled: boolean }
  /** Take no further request, answer those that were taken, and end. */
  | { readonly kind: 'stop' };

/** Server to supervisor. */
export type ServerReport =
  /** Everything is loaded and every file was rendered once; waits for `serve`. */
  | { readonly kind: 'ready' }
  /** It serves, but cannot replace a thread, since the code on disk is newer by now: it should be replaced itself. */
  | { readonly kind: 'outdated' }
  | { readonly kind: 'log'; readonly level: LogLevel; readonly message: string; readonly fields: LogFields };

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Exit status of a server whose mount is gone: nothing is left to serve. */
export const EXIT_UNMOUNTED = 3;
