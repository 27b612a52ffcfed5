import { readlinkSync } from 'node:fs';
import { commandName } from '../procfs/command-name.ts';
import { SERVER_NAME } from './protocol.ts';

/**
 * Whether process `pid` is a server that has the FUSE connection at descriptor `fuseFd`. A dead one that nobody has waited
 * for yet still has its name, but no descriptors.
 */
export function isServing(pid: number, fuseFd: number): boolean {
  if (commandName(pid) !== SERVER_NAME) return false;
  try {
    return readlinkSync(`/proc/${pid}/fd/${fuseFd}`) === '/dev/fuse';
  } catch {
    return false; // it ended meanwhile
  }
}
