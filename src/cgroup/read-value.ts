import { isShortage, type KernelFile } from '../procfs/kernel-file.ts';

/**
 * Text of a cgroup file; undefined where it is missing, or cannot be read (switched off: EOPNOTSUPP; closed: EACCES),
 * so that only what depends on it degrades. Throws where the daemon has run out of descriptors or memory.
 */
export function readValue(file: KernelFile): string | undefined {
  try {
    return file.read();
  } catch (error) {
    return throwShortage(error);
  }
}

/** As {@link readValue}; the bytes are good until any file is read. */
export function readBytes(file: KernelFile): Buffer | undefined {
  try {
    return file.readBytes();
  } catch (error) {
    return throwShortage(error);
  }
}

/** As {@link readValue}, for a file of many records. */
export function readRecords(file: KernelFile): string | undefined {
  try {
    return file.readToEnd();
  } catch (error) {
    return throwShortage(error);
  }
}

function throwShortage(error: unknown): undefined {
  if (isShortage(error)) throw error;
  return undefined;
}
