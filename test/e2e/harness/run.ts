import { type ChildProcess, spawn } from 'node:child_process';
import { slowness } from './pace.ts';

// Programs are tried as they are, without the loader that tap adds to every Node.js below its tests: that one would be in
// each thread of a server, too, and take most of the time of a start.
delete process.env['NODE_OPTIONS'];

/** A command and its arguments. */
export type Command = readonly [string, ...string[]];

/** How a command ended, and what it said. */
export interface Finished {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Time limit; longer on a slow machine. */
  readonly limitMillis?: number;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/**
 * Runs a command to its end. Rejects when it cannot be started or takes longer than its time limit; also when it cannot even be
 * killed, as a process can not that waits for a file system whose server is stuck.
 */
export async function run(command: Command, options: RunOptions = {}): Promise<Finished> {
  const [file, ...args] = command;
  const { limitMillis = 10_000, ...spawnOptions } = options;
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], ...spawnOptions });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const ended = await end(child, command.join(' '), limitMillis * slowness, stderr);
  return { ...ended, stdout: stdout(), stderr: stderr() };
}

/** As {@link run}, giving the standard output; rejects, with what it said on standard error, unless the exit status is 0. */
export async function output(command: Command, options: RunOptions = {}): Promise<string> {
  const { status, signal, stdout, stderr } = await run(command, options);
  if (status !== 0) {
    throw new Error(`${command.join(' ')}: exit ${status ?? signal}, expected 0\n${stderr}${stdout}`);
  }
  return stdout;
}

/** Gathers what a stream says; the function tells what came so far. */
export function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: string[] = [];
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => chunks.push(chunk));
  return () => chunks.join('');
}

function end(
  child: ChildProcess,
  name: string,
  limitMillis: number,
  stderr: () => string,
): Promise<Pick<Finished, 'status' | 'signal'>> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      child.unref();
      reject(new Error(`${name}: still running after ${limitMillis} ms\n${stderr()}`));
    }, limitMillis);
    child.on('error', (cause) => {
      clearTimeout(timer);
      reject(new Error(`${name}: cannot be started`, { cause }));
    });
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      resolve({ status, signal });
    });
  });
}
