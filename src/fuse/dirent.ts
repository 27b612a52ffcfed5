import { DIRENT_HEADER_SIZE } from './abi.ts';
import { writeUint64 } from './uint64.ts';

/** One name of a directory listing. */
export interface DirectoryEntry {
  readonly name: string;
  readonly nodeId: number;
  /** The mode, of which the type bits (S_IFDIR and so on) count. */
  readonly mode: number;
  /** Where a listing that stops behind this entry goes on: positive, ascending, stable while the directory changes. */
  readonly position: number;
}

/**
 * Packs the entries behind `position` into at most `sizeBytes` of `buffer` from `start` on, as READDIR wants them
 * (struct fuse_dirent); returns the number of bytes. 0 means that the listing is at its end.
 */
export function packEntries(
  entries: Iterable<DirectoryEntry>,
  position: number,
  buffer: Buffer,
  start: number,
  sizeBytes: number,
): number {
  const limit = Math.min(start + sizeBytes, buffer.length);
  let at = start;
  for (const entry of entries) {
    if (entry.position <= position) continue;
    const end = at + paddedTo8(DIRENT_HEADER_SIZE + entry.name.length);
    if (end > limit) break;
    buffer.fill(0, at, end);
    writeUint64(buffer, at, entry.nodeId);
    writeUint64(buffer, at + 8, entry.position);
    buffer.writeUInt32LE(entry.name.length, at + 16);
    buffer.writeUInt32LE(entry.mode >>> 12, at + 20); // DT_DIR and so on are the type bits shifted down
    buffer.write(entry.name, at + DIRENT_HEADER_SIZE, 'latin1');
    at = end;
  }
  return at - start;
}

function paddedTo8(size: number): number {
  return (size + 7) & ~7;
}
