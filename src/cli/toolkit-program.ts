import { Command, InvalidArgumentError } from 'commander';
import { parseWith } from './parse-with.ts';
import type { Target, ToolkitCommand, ToolkitInvocation } from './toolkit-invocation.ts';
import { UsageError } from './usage-error.ts';

/**
 * Parses the arguments of lxcfs-toolkit. Returns text where help or the version was asked for; throws {@link UsageError}.
 */
export function parseToolkitArguments(args: readonly string[], version: string): ToolkitInvocation | string {
  let command: ToolkitCommand | undefined;
  const program = createToolkitProgram(version, (chosen) => {
    command = chosen;
  });
  const text = args.length === 0 ? noCommand() : parseWith(program, args);
  if (text !== undefined) return text;
  if (command === undefined) return noCommand();
  const { lxcfs, log, json } = program.opts<{ lxcfs?: string; log?: string; json?: true }>();
  return { command, directory: lxcfs, logFile: log, json: json === true };
}

function noCommand(): never {
  throw new UsageError('no command given');
}

function createToolkitProgram(version: string, choose: (command: ToolkitCommand) => void): Command {
  const program = new Command('lxcfs-toolkit')
    .description('Puts the files of lxcfs into running containers, takes them out and checks on them.')
    .option('--lxcfs <dir>', 'where lxcfs is mounted (default: found among the mounts)', nonEmpty)
    .option('--log <file>', 'append a log in JSON to this file', nonEmpty)
    .option('--json', 'print the outcome as JSON')
    .version(version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false);
  addSubcommand(program, 'remount', "put the files of the running lxcfs over the containers'", (name) =>
    withTargets(name, (target) => choose({ name: 'remount', target })),
  );
  addSubcommand(program, 'umount', "take lxcfs out of containers: they show the host's files again", (name) =>
    withTargets(name, (target) => choose({ name: 'umount', target })),
  );
  addSubcommand(program, 'show', 'what a container sees, and what the host has', (name) =>
    name
      .option('-c, --container-id <id>', 'the container by its id or the start of it', nonEmpty)
      .option('-p, --pid <pid>', 'the container by one of its processes', pid)
      .action((options: TargetOptions) => choose({ name: 'show', target: oneTarget('show', options) })),
  );
  addSubcommand(program, 'check-lxcfs', 'exit 0 if lxcfs is mounted and answers sensibly, else 1', (name) =>
    name
      .option('-t, --timeout <seconds>', 'how long to wait for one that is starting', seconds, 15)
      .action(({ timeout }: { timeout: number }) =>
        choose({ name: 'check-lxcfs', timeoutMillis: timeout * 1000 }),
      ),
  );
  addSubcommand(
    program,
    'prestart',
    'make ready for a start of lxcfs: clear dead mounts, share the parent',
    (name) => name.action(() => choose({ name: 'prestart' })),
  );
  addSubcommand(program, 'hook', 'OCI hook: container state on stdin; also as lxcfs-hook', (name) =>
    name
      .option('--strict', 'fail, so that the container does not start, instead of showing it host values')
      .action(({ strict }: { strict?: true }) => choose({ name: 'hook', strict: strict === true })),
  );
  addSubcommand(program, 'cdi', 'write a specification for `--device lxcfs/files=all`', (name) =>
    name
      .option('-o, --output <file>', 'file to write, usually /etc/cdi/lxcfs.json (default: stdout)', nonEmpty)
      .option('--hook-only', 'mount nothing but by the hook: containers start without a running lxcfs, too')
      .action(({ output, hookOnly }: { output?: string; hookOnly?: true }) =>
        choose({ name: 'cdi', output, hookOnly: hookOnly === true }),
      ),
  );
  return program;
}

function addSubcommand(
  program: Command,
  name: string,
  description: string,
  complete: (command: Command) => Command,
): void {
  complete(program.command(name).description(description));
}

interface TargetOptions {
  readonly all?: true;
  readonly containerId?: string;
  readonly pid?: number;
}

function withTargets(command: Command, choose: (target: Target) => void): Command {
  return command
    .option('-a, --all', 'all containers of this host')
    .option('-c, --container-id <id>', 'one container by its id or the start of it', nonEmpty)
    .action((options: TargetOptions) => choose(oneTarget(command.name(), options)));
}

function oneTarget(command: string, { all, containerId, pid: number }: TargetOptions): Target {
  const targets: Target[] = [];
  if (all) targets.push({ kind: 'all' });
  if (containerId !== undefined) targets.push({ kind: 'id', id: containerId });
  if (number !== undefined) targets.push({ kind: 'pid', pid: number });
  const [target] = targets;
  const choices = command === 'show' ? '--container-id ID or --pid PID' : '--all or --container-id ID';
  if (target === undefined || targets.length > 1)
    throw new UsageError(`${command} needs ${choices}, one of them`);
  return target;
}

function nonEmpty(value: string): string {
  if (value === '') throw new InvalidArgumentError('It is empty.');
  return value;
}

function pid(value: string): number {
  if (!/^[1-9]\d{0,9}$/.test(value)) throw new InvalidArgumentError('It must be a process id.');
  return Number(value);
}

function seconds(value: string): number {
  if (!/^\d{1,6}(?:\.\d+)?$/.test(value)) throw new InvalidArgumentError('It must be a number of seconds.');
  return Number(value);
}
