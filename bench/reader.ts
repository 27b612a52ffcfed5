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
}

/** open: open, read to the end, close; pread: read at 0 of a descriptor that stays open. */
export type Mode = 'open' | 'pread';

/** Makes the reader program: of C where there is a compiler, else of JavaScript. Gives the command that starts it. */
export async function makeReader(scope: Scope): Promise<Command> {
  const directory = temporaryDirectory(scope);
  if (!isInstalled('cc')) {
    cpSync(repositoryPath('bench/reader.mjs'), join(directory, 'reader.mjs'));
    return [process.execPath, join(directory, 'reader.mjs')];
  }
  await output(['cc', '-O2', '-o', join(directory, 'reader'), repositoryPath('bench/reader.c')], {
    limitMillis: 60_000,
  });
  return [join(directory, 'reader')];
}

/** Reads a file in a container for some time. `cpu` binds the reader to that CPU. */
export async function measure(
  container: Container,
  reader: Command,
  what: { readonly mode: Mode; readonly file: string; readonly millis: number; readonly cpu?: string },
): Promise<Reading> {
  const bound = what.cpu === undefined ? [] : ['taskset', '-c', what.cpu];
  const [file, ...args] = [...bound, ...reader, what.mode, what.file, String(what.millis)];
  if (file === undefined) throw new Error('a reader was expected');
  const reading: Reading = JSON.parse(
    await container.output([file, ...args], { limitMillis: what.millis + 30_000 }),
  );
  return reading;
}
