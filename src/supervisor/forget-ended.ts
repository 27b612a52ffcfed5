import { readdirSync, rmSync, statSync } from 'node:fs';
import { parseRequest } from '../load/load-request.ts';
import { TimeSlices } from '../load/time-slices.ts';
import { unlessGone } from '../procfs/kernel-file.ts';
import { parsePidStat } from '../procfs/pid-stat.ts';
import { readText } from '../procfs/read-text.ts';
import { parseBase } from '../views/cpu-base-text.ts';

/**
 * Removes what is kept in the files NAME.* of `directory` about containers that have ended; `root` is '' for this host, or
 * the directory of a captured tree. Resolves to the number of containers forgotten. What cannot be removed is left for later.
 */
export async function forgetEnded(directory: string, root: string): Promise<number> {
  const slices = new TimeSlices();
  let forgotten = 0;
  for (const { name, files } of containersIn(directory)) {
    await slices.pause();
    if (!hasEnded(name, files, root)) continue;
    for (const file of files) rmSync(file, { force: true });
    forgotten++;
  }
  return forgotten;
}

interface KeptFiles {
  readonly name: string;
  readonly files: readonly string[];
}

/** The files of each container, one container at a time: of those that live there is nothing to remember. */
function* containersIn(directory: string): Generator<KeptFiles> {
  let name = '';
  let files: string[] = [];
  // Sorted, those of a container follow one another.
  for (const file of (unlessGone(() => readdirSync(directory)) ?? []).sort()) {
    const nameOfFile = file.slice(0, file.indexOf('.'));
    if (nameOfFile !== name && files.length > 0) {
      yield { name, files };
      files = [];
    }
    name = nameOfFile;
    files.push(`${directory}/${file}`);
  }
  if (files.length > 0) yield { name, files };
}

/** By its name (see containerName) whether the init or the cgroup is no more. */
function hasEnded(name: string, files: readonly string[], root: string): boolean {
  const [initPid, initStartTicks, inode] = name.split('-').map(Number);
  if (inode === undefined) return false; // no file of ours
  if (initPid !== 0) {
    const text = unlessGone(() => readText(`${root}/proc/${initPid}/stat`)) ?? '';
    if (parsePidStat(text)?.startTicks !== initStartTicks) return true;
  }
  const directory = cgroupDirectoryOf(files, root);
  if (directory === undefined) return areUnused(files);
  // One init outlives many cgroups where containers share a pid namespace.
  return statSync(directory, { throwIfNoEntry: false })?.ino !== inode;
}

/** The directory of the cgroup that the files are about, by the one that says so. */
function cgroupDirectoryOf(files: readonly string[], root: string): string | undefined {
  for (const file of files) {
    const parse = file.includes('.base-') ? parseBase : file.endsWith('.request') ? parseRequest : undefined;
    const directory = parse?.(unlessGone(() => readText(file)) ?? '', root)?.directory;
    if (directory !== undefined) return directory;
  }
  return undefined;
}

/** True where none of the files was written to for a day. */
function areUnused(files: readonly string[]): boolean {
  for (const file of files) {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found !== undefined && Date.now() - found.mtimeMs < UNUSED_MILLIS) return false;
  }
  return true;
}

const UNUSED_MILLIS = 24 * 60 * 60_000;
