import { readFileSync } from 'node:fs';
import { repositoryPath } from './repository.ts';

/**
 * The shell commands of that block of a document of the repository which has this text, as a user copies them; of its lines
 * only those that match `only`, if that is given.
 */
export function recipe(document: string, text: string, only = /^/): string {
  const blocks = readFileSync(repositoryPath(document), 'utf8').matchAll(/^```sh\n([^]*?)^```/gm);
  const block = [...blocks].map(([, commands = '']) => commands).find((commands) => commands.includes(text));
  if (block === undefined) throw new Error(`expected commands with ${text} in ${document}, found none`);
  return block
    .split('\n')
    .filter((line) => only.test(line))
    .join('\n')
    .trim();
}
