import { readFile, readdir, rm, stat } from 'node:fs/promises';
import { parseRequest } from '../load/load-request.ts';
import { isGone } from '../procfs/kernel-file.ts';
import { parsePidStat } from '../procfs/pid-stat.ts';
import { parseBase } from '../views/cpu-base-text.ts';

/**
 * Removes what is kept in the files NAME.* of `directory` about containers that have ended; `root` is '' for this host, or
 * the directory of a captured tree. Resolves to the number of containers forgotten. What cannot be removed is left for later.
 */
export async function forgetEnded(directory: string, root: string): Promise<number> {
  const filesOf = new Map<string, string[]>();
  for (const file of await orNothing(readdir(directory), [])) {
    const name = file.slice(0, file.indexOf('.'));
    filesOf.set(name, [...(filesOf.get(name) ?? []), `${directory}/${file}`]);
  }
  let forgotten = 0;
  for (const [name, files] of filesOf) {
    if (!(await hasEnded(name, files, root))) continue;
    for (const file of files) await rm(file, { force: true });
    forgotten++;
  }
  return forgotten;
}

/** By its name (see containerName) whether the init or the cgroup is no more. */
async function hasEnded(name: string, files: readonly string[], root: string): Promise<boolean> {
  const [initPid, initStartTicks, inode] = name.split('-').map(Number);
  if (inode === undefined) return false; // no file of ours
  if (initPid !== 0) {
    const text = await orNothing(readFile(`${root}/proc/${initPid}/stat`, 'latin1'), '');
    if (parsePidStat(text)?.startTicks !== initStartTicks) return true;
  }
  const directory = await cgroupDirectoryOf(files, root);
  if (directory === undefined) return areUnused(files);
  // One init outlives many cgroups where containers share a pid namespace.
  const found = await orNothing(stat(directory), undefined);
  return found?.ino !== inode;
}

/** The directory of the cgroup that the files are about, by the one that says so. */
async function cgroupDirectoryOf(files: readonly string[], root: string): Promise<string | undefined> {
  for (const file of files) {
    const parse = file.includes('.base-') ? parseBase : file.endsWith('.request') ? parseRequest : undefined;
    const directory = parse?.(await orNothing(readFile(file, 'utf8'), ''), root)?.directory;
    if (directory !== undefined) return directory;
  }
  return undefined;
}

/** True where none of the files was written to for a day. */
async function areUnused(files: readonly string[]): Promise<boolean> {
  for (const file of files) {
    const found = await orNothing(stat(file), undefined);
    if (found !== undefined && Date.now() - found.mtimeMs < UNUSED_MILLIS) return false;
  }
  return true;
}

const UNUSED_MILLIS = 24 * 60 * 60_000;

async function orNothing<T>(reading: Promise<T>, nothing: T): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (!isGone(error)) throw error;
    return nothing;
  }
}
