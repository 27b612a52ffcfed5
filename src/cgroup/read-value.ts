import { errnoOf, type KernelFile } from '../procfs/kernel-file.ts';

/** Makes the kept file of a path; whoever passes this on closes them all. */
export type OpenFile = (path: string) => KernelFile;

/** Errors that say nothing about the file: the daemon itself has run out of something. */
const SHORTAGES = new Set(['EMFILE', 'ENFILE', 'ENOMEM']);

/**
 * Text of a cgroup file; undefined where it is missing, or cannot be read (switched off: EOPNOTSUPP; closed: EACCES),
 * so that only what depends on it degrades. Throws where the daemon has run out of descriptors or memory.
 */
export function readValue(file: KernelFile): string | undefined {
  try {
    return file.read();
  } catch (error) {
    if (SHORTAGES.has(errnoOf(error))) throw error;
    return undefined;
  }
}
