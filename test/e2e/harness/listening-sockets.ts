import { readFileSync } from 'node:fs';
import { descriptors } from './server-at-work.ts';

/** The TCP sockets that a process listens on, as lines of /proc/PID/net/tcp; none where it has ended. */
export function listeningSockets(pid: number): string[] {
  const inodes = new Set(descriptors(pid).map((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1]));
  // `0: 0100007F:240D 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 12345 ...`: 0A is LISTEN
  return ['tcp', 'tcp6']
    .flatMap((name) => readOrEmpty(`/proc/${pid}/net/${name}`).split('\n'))
    .filter((line) => {
      const fields = line.trim().split(/\s+/);
      return fields[3] === '0A' && inodes.has(fields[9]);
    });
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // it has ended
  }
}
