import { COALESCE_MILLIS } from './coalescing.ts';
import type { HostFiles } from './host-files.ts';
import type { KernelFile } from './kernel-file.ts';

interface Known<T> {
  readonly text: string;
  readonly value: T;
  /** When this was the file's text. */
  seenAtMillis: number;
}

/**
 * Makes a function that gives what `parse` makes of a host's file, undefined where that is missing. The text is at most
 * {@link COALESCE_MILLIS} old, and taken apart only when it is another one: so this is for what the host's file says of the machine,
 * and not for what containers share with it, such as counters.
 */
export function hostFrame<T>(
  path: string,
  parse: (text: string) => T,
  read: (file: KernelFile) => string | undefined = (file) => file.read(),
): (host: HostFiles) => T | undefined {
  const knownOf = new WeakMap<HostFiles, Known<T>>();
  return (host) => {
    const known = knownOf.get(host);
    const now = performance.now();
    if (known !== undefined && now - known.seenAtMillis < COALESCE_MILLIS) return known.value;
    const text = read(host.file(path));
    if (text === undefined) return undefined;
    if (known?.text === text) known.seenAtMillis = now;
    else knownOf.set(host, { text, value: parse(text), seenAtMillis: now });
    return knownOf.get(host)?.value;
  };
}
