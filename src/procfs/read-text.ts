import { readFileSync } from 'node:fs';

/**
 * Text of a file that is looked at once, or again and again but not kept open. As UTF-8, for which Node takes no buffer of 64 KiB
 * per call as it does for latin1 and files that say they are empty.
 */
export function readText(path: string): string {
  // Given a mere 'utf8', Node makes an object of a new shape per call, and shapes stay until V8 looks through all of its heap.
  return readFileSync(path, { encoding: 'utf8' });
}
