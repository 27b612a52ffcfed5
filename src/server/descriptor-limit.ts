import { readFileSync } from 'node:fs';

/** Descriptors that the process needs beside kept kernel files. */
const OTHER_DESCRIPTORS = 200;
const MOST_PER_THREAD = 16_384;

/** How many kernel files each thread may keep open, so that all threads together stay below RLIMIT_NOFILE. */
export function descriptorsPerThread(threads: number): number {
  const limit = openFilesLimit(readFileSync('/proc/self/limits', 'latin1'));
  return Math.max(16, Math.min(MOST_PER_THREAD, Math.floor((limit - OTHER_DESCRIPTORS) / threads)));
}

/** The soft limit in /proc/PID/limits: `Max open files            1024                 524288               files`. */
export function openFilesLimit(limits: string): number {
  const soft = /^Max open files\s+(\d+|unlimited)/m.exec(limits)?.[1];
  return soft === undefined || soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
}
