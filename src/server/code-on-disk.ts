import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const CODE = fileURLToPath(new URL('..', import.meta.url));

/** The program's files on disk, which an upgrade replaces under a running process. */
export class CodeOnDisk {
  readonly #directory: string;
  readonly #first: string | undefined;

  constructor(directory = CODE) {
    this.#directory = directory;
    this.#first = stampOf(directory);
  }

  /** Whether any file was changed, replaced, added or removed since this object was made. */
  get changed(): boolean {
    const now = stampOf(this.#directory);
    return now === undefined || now !== this.#first;
  }
}

/** Number of files, and when the last of them was touched, which nobody can set; undefined while files are being replaced. */
function stampOf(directory: string): string | undefined {
  try {
    const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
    const changes = names.map((name) => statSync(`${directory}/${name}`).ctimeMs);
    return `${names.length} ${Math.max(...changes)}`;
  } catch {
    return undefined;
  }
}
