import { hostFrame } from './host-frame.ts';

/** A line of /proc/partitions. */
export interface PartitionsLine {
  readonly major: number;
  readonly minor: number;
  /** Size in blocks of 1024 bytes, as text: it is only handed on. */
  readonly blocks: string;
  readonly name: string;
}

/**
 * Parses /proc/partitions; its header and other lines are skipped.
 *
 * ` 254        0  268435456 vda`
 */
export function parsePartitions(text: string): PartitionsLine[] {
  const lines: PartitionsLine[] = [];
  for (const line of text.split('\n')) {
    const [major, minor, blocks, name] = line.split(' ').filter((word) => word !== '');
    if (blocks === undefined || name === undefined || major === 'major') continue;
    lines.push({ major: Number(major), minor: Number(minor), blocks, name });
  }
  return lines;
}

/** The host's disks and their sizes. */
export const hostPartitions = hostFrame('/proc/partitions', parsePartitions, (file) => file.readToEnd());
