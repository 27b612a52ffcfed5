import { readFile, readdir, rm, stat } from 'node:fs/promises';
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

/** By its name (see containerName) whether the init is no more; without an init, whether the cgroup is no more. */
async function hasEnded(name: string, files: readonly string[], root: string): Promise<boolean> {
  const [initPid, initStartTicks, inode] = name.split('-').map(Number);
  if (inode === undefined) return false; // no file of ours
  if (initPid !== 0) {
    const text = await orNothing(readFile(`${root}/proc/${initPid}/stat`, 'latin1'), '');
    return parsePidStat(text)?.startTicks !== initStartTicks;
  }
  const baseFile = files.find((file) => file.includes('.base-'));
  const base = baseFile && parseBase(await orNothing(readFile(baseFile, 'utf8'), ''));
  if (!base) return false;
  const found = await orNothing(stat(base.directory), undefined);
  return found?.ino !== inode;
}

async function orNothing<T>(reading: Promise<T>, nothing: T): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (!isGone(error)) throw error;
    return nothing;
  }
}
