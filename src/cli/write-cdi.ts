import { renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CDI_DEVICE, cdiSpecification } from '../toolkit/cdi.ts';
import { makeDirectories } from '../toolkit/make-directories.ts';
import type { CdiCommand } from './toolkit-invocation.ts';
import type { Outcome } from './run-toolkit.ts';

/** Prints the CDI specification, or writes it to a file, which is there whole or not at all. */
export function writeCdi({ output, hookOnly }: CdiCommand, directory: string): Outcome {
  // Node itself, by its path: whatever the engine's PATH, the hook is run by the Node that wrote this.
  const main = fileURLToPath(import.meta.url).replace(/write-cdi\.([jt]s)$/, 'lxcfs-hook.$1');
  const hook = { path: process.execPath, args: ['node', main, `--lxcfs=${directory}`] };
  const specification = cdiSpecification(directory, hook, hookOnly);
  const text = `${JSON.stringify(specification, null, 2)}\n`;
  if (output === undefined || output === '-') return { text, json: specification, status: 0 };
  makeDirectories(dirname(output));
  writeFileSync(`${output}.tmp`, text);
  renameSync(`${output}.tmp`, output);
  return {
    text: `wrote ${output}: containers started with --device ${CDI_DEVICE} show their own limits\n`,
    json: specification,
    status: 0,
  };
}
