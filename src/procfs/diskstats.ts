import { hostFrame } from './host-frame.ts';

/** A line of /proc/diskstats. */
export interface DiskstatsLine {
  readonly major: number;
  readonly minor: number;
  readonly name: string;
  /** How many counters follow the name: 11, 15 (with discards) or 17 (with flushes), by kernel. */
  readonly counterCount: number;
}

/**
 * Parses /proc/diskstats (Documentation/admin-guide/iostats.rst); other lines are skipped.
 *
 * ` 254       0 vda 37717 8858 1980210 19660 14396 29976 2537368 6864 0 6000 26962 6413 58 229328 361 1920 75`
 */
export function parseDiskstats(text: string): DiskstatsLine[] {
  const lines: DiskstatsLine[] = [];
  for (const line of text.split('\n')) {
    const [major, minor, name, ...counters] = line.split(' ').filter((word) => word !== '');
    if (minor === undefined || name === undefined) continue;
    lines.push({ major: Number(major), minor: Number(minor), name, counterCount: counters.length });
  }
  return lines;
}

/** The host's disks, and how many counters its kernel has. */
export const hostDiskstats = hostFrame('/proc/diskstats', parseDiskstats, (file) => file.readToEnd());
