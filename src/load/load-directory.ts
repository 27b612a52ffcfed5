import {
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { threadId } from 'node:worker_threads';
import { isGone } from '../procfs/kernel-file.ts';
import { type LoadRecord, formatRecord, parseRecord } from './load-record.ts';
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
  request(name: string, { initPid, listName, directory }: TaskGroup): void {
    const path = `${this.#path}/${name}.request`;
    const now = Date.now() / 1000;
    try {
      utimesSync(path, now, now);
    } catch (error) {
      if (!isGone(error)) throw error;
      mkdirSync(this.#path, { recursive: true, mode: 0o700 });
      writeFileSync(path, `${initPid} ${listName} ${directory}\n`, { mode: 0o600 });
    }
  }

  /** Containers by name whose load was wanted within this time. */
  requests(withinMillis: number): Map<string, TaskGroup> {
    const groups = new Map<string, TaskGroup>();
    for (const file of orNothing(() => readdirSync(this.#path)) ?? []) {
      const path = `${this.#path}/${file}`;
      if (!file.endsWith('.request')) continue;
      const time = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
      const group = Date.now() - time < withinMillis ? this.#groupOf(path) : undefined;
      if (group !== undefined) groups.set(file.slice(0, -'.request'.length), group);
    }
    return groups;
  }

  /** Undefined before the first, and where it cannot be understood. */
  read(name: string): LoadRecord | undefined {
    return parseRecord(orNothing(() => readFileSync(`${this.#path}/${name}.load`, 'latin1')) ?? '');
  }

  write(name: string, record: LoadRecord): void {
    const draft = `${this.#path}/${name}.draft-${process.pid}-${threadId}`;
    writeFileSync(draft, formatRecord(record), { mode: 0o600 });
    renameSync(draft, `${this.#path}/${name}.load`);
  }

  forget(name: string): void {
    for (const kind of ['request', 'load']) rmSync(`${this.#path}/${name}.${kind}`, { force: true });
  }

  /** `4711 tasks /sys/fs/cgroup/cpu/docker/3f2a` */
  #groupOf(path: string): TaskGroup | undefined {
    const text = orNothing(() => readFileSync(path, 'utf8')) ?? '';
    const [pid = '', listName, ...rest] = text.trimEnd().split(' ');
    const initPid = Number(pid);
    if (!Number.isSafeInteger(initPid) || (listName !== 'tasks' && listName !== 'cgroup.threads')) {
      return undefined;
    }
    return { root: this.#root, initPid, listName, directory: rest.join(' ') };
  }
}

function orNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!isGone(error)) throw error;
    return undefined;
  }
}
