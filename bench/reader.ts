import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { Scope } from '../test/e2e/harness/cleanup.ts';
import type { Container } from '../test/e2e/harness/container.ts';
import { repositoryPath } from '../test/e2e/harness/repository.ts';
import { isInstalled } from '../test/e2e/harness/requirements.ts';
import { type Command, output } from '../test/e2e/harness/run.ts';
import { temporaryDirectory } from '../test/e2e/harness/temporary-directory.ts';

/** What one reader measured. Times are of one operation, in microseconds. */
export interface Reading {
  readonly count: number;
  readonly failed: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** The end of the measurement in milliseconds of CLOCK_MONOTONIC. */
  readonly at: number;
}

/**
 * What is done again and again. open: open, read to the end, close; pread: read at 0 of a descriptor that stays open;
 * run: a whole program; cpus: os.cpus() in Node; first: as open, but only until it works for the first time.
 */
export type Mode = 'open' | 'pread' | 'run' | 'cpus' | 'first';

/** Gives the command of a reader for each mode. */
export type Reader = (mode: Mode) => Command;

/** Makes the reader program: of C where there is a compiler, else of JavaScript. */
export async function makeReader(scope: Scope): Promise<Reader> {
  const directory = temporaryDirectory(scope);
  const script = join(directory, 'reader.mjs');
  cpSync(repositoryPath('bench/reader.mjs'), script);
  const node: Command = [process.execPath, script];
  const native = isInstalled('cc') ? await compile(directory, 'reader') : undefined;
  return (mode) => [...(native === undefined || mode === 'cpus' ? node : native), mode];
}

/** Compiles bench/NAME.c; returns the command that starts it. */
export async function compile(directory: string, name: string): Promise<Command> {
  const program = join(directory, name);
  await output(['cc', '-O2', '-o', program, repositoryPath(`bench/${name}.c`)], { limitMillis: 60_000 });
  return [program];
}

/** Does something in a container for some time. `what` is a path, or a command line; `cpu` binds the reader to that CPU. */
export async function measure(
  container: Pick<Container, 'output'>,
  reader: Reader,
  task: { readonly mode: Mode; readonly what: string; readonly millis: number; readonly cpu?: string },
): Promise<Reading> {
  const { mode, what, millis, cpu } = task;
  const reading: Command = [...reader(mode), String(millis), ...what.split(' ')];
  const command: Command = cpu === undefined ? reading : ['taskset', '-c', cpu, ...reading];
  return JSON.parse(await container.output(command, { limitMillis: millis + 30_000 }));
}
