import { scanNumber } from '../procfs/scan-number.ts';

/** v1 shows "unlimited" as the largest multiple of the page size below 2^63, older kernels as 2^64 - 1. */
export const UNLIMITED_FROM_BYTES = 2 ** 62;

/**
 * Parses a cgroup file that holds one number of bytes; "unlimited" is Infinity.
 * Undefined for an empty text, one that is cut short (no newline) or anything else that is not a number.
 *
 * `268435456`, `9223372036854771712` (v1: unlimited), `max` (v2: unlimited)
 */
export function parseByteCount(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const newline = text.indexOf('\n');
  const bytes = scanNumber(text, 0, newline);
  if (bytes === undefined) return text === 'max\n' ? Infinity : undefined;
  return bytes >= UNLIMITED_FROM_BYTES ? Infinity : bytes;
}
