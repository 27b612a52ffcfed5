import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Absolute path of a file of this repository, wherever the compiled form of this module is. */
export function repositoryPath(...names: readonly string[]): string {
  return join(repository, ...names);
}

const repository = directoryWith('package.json', import.meta.dirname);

function directoryWith(name: string, directory: string): string {
  if (existsSync(join(directory, name))) return directory;
  if (directory === '/') throw new Error(`no ${name} in any directory above ${import.meta.dirname}`);
  return directoryWith(name, dirname(directory));
}
