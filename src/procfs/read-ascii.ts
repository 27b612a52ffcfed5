import { readFileSync } from 'node:fs';

/**
 * Text of a kernel file that is looked at once, where only ASCII counts in it. It is read as UTF-8, for which Node takes
 * no buffer of 64 KiB per call as it does for latin1 and files that say they are empty.
 */
export function readAscii(path: string): string {
  return readFileSync(path, 'utf8');
}
