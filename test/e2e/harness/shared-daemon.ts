import t from 'tap';
import { type Daemon, startDaemon } from './daemon.ts';

const shared = new Map<string, Promise<Daemon>>();

/**
 * A daemon with these options for a test that only reads: all such tests of a process get the same, which ends with the process.
 * In the virtual machine a start takes long, and there all test files are one process.
 */
export function sharedDaemon(...options: readonly string[]): Promise<Daemon> {
  const key = options.join(' ');
  const daemon = shared.get(key) ?? startDaemon(t, options);
  shared.set(key, daemon);
  return daemon;
}
