import { readFileSync } from 'node:fs';
import { isGone } from './kernel-file.ts';

/** Name of a process as in /proc/PID/comm (at most 15 bytes); undefined where there is no such process. */
export function commandName(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'latin1').trimEnd();
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}
