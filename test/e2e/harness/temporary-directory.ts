import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atEnd, type Scope } from './cleanup.ts';
import { unmountBelow } from './mounts.ts';
import { uniqueName } from './unique-name.ts';

/** Makes a directory (mode 0755) that goes when the test ends, with its content and everything that is mounted below it. */
export function temporaryDirectory(t: Scope, below = tmpdir()): string {
  const directory = mkdtempSync(join(below, `${uniqueName()}-`));
  chmodSync(directory, 0o755);
  atEnd(t, () => {
    unmountBelow(directory);
    // An engine may still be clearing up what it had in there.
    rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });
  return directory;
}
