import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scope } from './cleanup.ts';
import { repositoryPath } from './repository.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** A copy of the program in a directory of its own, whose code can be changed. */
export interface ProgramCopy {
  readonly program: string;
  /** Changes a file below dist, or removes it; the function returned puts it back. */
  damage(file: string, broken: (text: string) => string | undefined): () => void;
}

/** Makes a copy of the program, which goes at the test's end. */
export function copyOfProgram(t: Scope): ProgramCopy {
  const directory = temporaryDirectory(t);
  for (const name of ['bin', 'dist', 'package.json']) {
    cpSync(repositoryPath(name), join(directory, name), { recursive: true });
  }
  symlinkSync(repositoryPath('node_modules'), join(directory, 'node_modules'));
  return {
    program: join(directory, 'bin/lxcfs'),
    damage: (file, broken) => {
      const path = join(directory, 'dist', file);
      const text = readFileSync(path, 'utf8');
      const bad = broken(text);
      if (bad === undefined) rmSync(path);
      else writeFileSync(path, bad);
      return () => writeFileSync(path, text);
    },
  };
}

/** The text of a module that exports a renderer. */
export function renderer(name: string, body: string): string {
  return `export const ${name} = ({ container }) => { ${body}; };\n`;
}
