import { readFileSync } from 'node:fs';
import { unlessGone } from './kernel-file.ts';

/** Name of a process as in /proc/PID/comm (at most 15 bytes); undefined where there is no such process. */
export function commandName(pid: number): string | undefined {
  return unlessGone(() => readFileSync(`/proc/${pid}/comm`, 'latin1').trimEnd());
}
