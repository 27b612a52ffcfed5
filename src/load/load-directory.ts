import { mkdirSync, opendirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { threadId } from 'node:worker_threads';
import { isGone, unlessGone } from '../procfs/kernel-file.ts';
import { readText } from '../procfs/read-text.ts';
import { type LoadRecord, formatRecord, parseRecord } from './load-record.ts';
import { formatRequest, parseRequest } from './load-request.ts';
import type { TaskGroup } from './task-count.ts';

/**
 * The files by which reader threads and the sampler in the supervisor tell each other of load, so that both can die and come back:
 * NAME.request says whose tasks are to be sampled, and by its time when somebody last wanted to know; NAME.load is the record.
 */
export class LoadDirectory {
  readonly #path: string;
  readonly #root: string;

  /** `root` is '' for this host, or the directory of a captured tree. */
  constructor(stateDirectory: string, root: string) {
    this.#path = `${stateDirectory}/load`;
    this.#root = root;
  }

  /** Asks for a container to be sampled, or to go on being so. */
  request(name: string, group: TaskGroup): void {
    const path = `${this.#path}/${name}.request`;
    const now = Date.now() / 1000;
    try {
      utimesSync(path, now, now);
    } catch (error) {
      if (!isGone(error)) throw error;
      mkdirSync(this.#path, { recursive: true, mode: 0o700 });
      writeFileSync(path, formatRequest(group), { mode: 0o600 });
    }
  }

  /** Names of the containers whose load was wanted within this time; undefined for each other file looked at. */
  *requests(withinMillis: number): Generator<string | undefined> {
    for (const file of namesIn(this.#path)) {
      if (!file.endsWith('.request')) continue;
      const time = statSync(`${this.#path}/${file}`, { throwIfNoEntry: false })?.mtimeMs ?? 0;
      yield Date.now() - time < withinMillis ? file.slice(0, -'.request'.length) : undefined;
    }
  }

  /** Whose tasks a request is about; undefined where it is gone, or cannot be understood. */
  group(name: string): TaskGroup | undefined {
    const text = unlessGone(() => readText(`${this.#path}/${name}.request`)) ?? '';
    return parseRequest(text, this.#root);
  }

  /** Undefined before the first, and where it cannot be understood. */
  read(name: string): LoadRecord | undefined {
    return parseRecord(unlessGone(() => readText(`${this.#path}/${name}.load`)) ?? '');
  }

  write(name: string, record: LoadRecord): void {
    const draft = `${this.#path}/${name}.draft-${process.pid}-${threadId}`;
    // Without the encoding Node would make a buffer of the text first.
    writeFileSync(draft, formatRecord(record), { encoding: 'utf8', mode: 0o600 });
    renameSync(draft, `${this.#path}/${name}.load`);
  }

  forget(name: string): void {
    for (const kind of ['request', 'load']) rmSync(`${this.#path}/${name}.${kind}`, { force: true });
  }
}

/** Names in a directory, none where it does not exist. They come one by one, so that no list of thousands outlives them. */
function* namesIn(path: string): Generator<string> {
  const directory = unlessGone(() => opendirSync(path));
  if (directory === undefined) return;
  try {
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) yield entry.name;
  } finally {
    directory.closeSync();
  }
}
