import { repositoryPath } from './repository.ts';

/** What read-many.py found: how often each value was seen, and the reads that failed. */
export interface ReadMany {
  readonly seen: Readonly<Record<string, number>>;
  readonly failed: number;
  readonly failures: readonly string[];
}

/** What read-in-pieces.py found in one file. */
export interface Pieces {
  readonly ways: number;
  readonly length: number;
  readonly complaints: readonly string[];
}

/** Complaints of one kind: how many, and the first of them. */
interface Complaints {
  readonly count: number;
  readonly first: readonly string[];
}

/** What watch-all.py saw while it read. */
export interface WatchAll {
  readonly reads: number;
  readonly failed: Complaints;
  readonly torn: Complaints;
  readonly back: Complaints;
  /** Texts with the MemTotal of somebody else. */
  readonly total: Complaints;
  /** Milliseconds of the longest read. */
  readonly slowest: number;
  readonly slowestFile: string;
}

type Program =
  | 'read-many'
  | 'read-all'
  | 'keep-open'
  | 'read-in-pieces'
  | 'use-memory'
  | 'watch-all'
  | 'without-calls'
  | 'be-hostile'
  | 'work';

/**
 * The command that runs one of the reader programs in test/e2e/programs (each says its use in its head).
 * They are Python since Node has no lseek, and Debian's own since that one can be run by every user.
 */
export function program(
  name: Program,
  ...args: readonly (string | number)[]
): ['/usr/bin/python3', ...string[]] {
  return programIn(repositoryPath('test', 'e2e', 'programs'), name, ...args);
}

/** As {@link program}, from a copy of the programs in another directory. */
export function programIn(
  directory: string,
  name: Program,
  ...args: readonly (string | number)[]
): ['/usr/bin/python3', ...string[]] {
  return ['/usr/bin/python3', '-I', '-S', `${directory}/${name}.py`, ...args.map(String)];
}

/** What a line of read-many.py says. */
export function parseReadMany(line: string): ReadMany {
  const result: ReadMany = JSON.parse(line);
  return result;
}

/** What the line of watch-all.py says. */
export function parseWatchAll(line: string): WatchAll {
  const result: WatchAll = JSON.parse(line);
  return result;
}

/** What read-in-pieces.py says, by file. */
export function parsePieces(line: string): Readonly<Record<string, Pieces>> {
  const result: Record<string, Pieces> = JSON.parse(line);
  return result;
}

/** The text that a line of keep-open.py stands for. */
export function parseText(line: string): string {
  return String(JSON.parse(line));
}

/** The texts that a line of read-all.py has, in the order of its arguments. */
export function parseTexts(line: string): string[] {
  const result: string[] = JSON.parse(line);
  return result;
}
