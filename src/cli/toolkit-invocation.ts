/** Which containers a command is about. */
export type Target =
  | { readonly kind: 'all' }
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'pid'; readonly pid: number };

/** `remount` and `umount`. */
export interface ChangeCommand {
  readonly name: 'remount' | 'umount';
  readonly target: Target;
}

export interface ShowCommand {
  readonly name: 'show';
  readonly target: Target;
}

export interface CheckCommand {
  readonly name: 'check-lxcfs';
  /** How long to wait for an lxcfs that is starting. */
  readonly timeoutMillis: number;
}

export interface CdiCommand {
  readonly name: 'cdi';
  /** The file to write; undefined: stdout. */
  readonly output: string | undefined;
  /** Leave every file to the hook, and none to the engine's own mounts. */
  readonly hookOnly: boolean;
}

export interface HookCommand {
  readonly name: 'hook';
  /** Fail where the files cannot be put there. */
  readonly strict: boolean;
}

/** What the command line of lxcfs-toolkit asks for. */
export type ToolkitCommand =
  ChangeCommand | ShowCommand | CheckCommand | CdiCommand | HookCommand | { readonly name: 'prestart' };

/** A whole command line: a command, and the options that all commands share. */
export interface ToolkitInvocation {
  readonly command: ToolkitCommand;
  /** --lxcfs: the mount point of lxcfs; undefined: wherever one is found. */
  readonly directory: string | undefined;
  /** --log: the file that is written to as well. */
  readonly logFile: string | undefined;
  readonly json: boolean;
}
