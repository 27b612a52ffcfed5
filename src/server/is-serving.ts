import { realpathSync } from 'node:fs';
import { commandName } from '../procfs/command-name.ts';
import { descriptorLink, descriptorsOf, processIds } from '../procfs/processes.ts';
import { SERVER_NAME } from './protocol.ts';
import { openFilesPath } from './state-files.ts';

/**
 * Whether process `pid` is a server that has the FUSE connection at descriptor `fuseFd`. A dead one that nobody has waited
 * for yet still has its name, but no descriptors.
 */
export function isServing(pid: number, fuseFd: number): boolean {
  return commandName(pid) === SERVER_NAME && descriptorLink(pid, fuseFd) === '/dev/fuse';
}

/** The pids of all loaded servers of the mount with this state directory, also of those that wait for their turn. */
export function serversOf(stateDirectory: string, fuseFd: number): number[] {
  const openFiles = realpathOrNothing(openFilesPath(stateDirectory));
  return processIds().filter(
    (pid) => isServing(pid, fuseFd) && descriptorsOf(pid).some((fd) => descriptorLink(pid, fd) === openFiles),
  );
}

function realpathOrNothing(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined; // nothing was opened through this mount yet
  }
}
