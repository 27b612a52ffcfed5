import { scanNumber } from '../../procfs/scan-number.ts';

/** Counts of one blkio file for one device, by kind of operation: `Read`, `Write`, `Discard`, `Total`. */
export type Operations = ReadonlyMap<string, number>;

/**
 * Parses a blkio file that counts by device and kind of operation, into a map by device number. Its last line, the sum over
 * all devices, belongs to none.
 *
 * `254:0 Read 100`, `254:0 Total 113`, `Total 113`
 */
export function parseBlkioStat(text: string): Map<string, Operations> {
  const devices = new Map<string, Map<string, number>>();
  const lines = text.split('\n');
  lines.pop(); // what follows the last newline is cut short
  for (const line of lines) {
    const [device, operation, digits] = line.split(' ');
    const count = digits === undefined ? undefined : scanNumber(digits, 0, digits.length);
    if (device === undefined || operation === undefined || count === undefined) continue;
    const operations = devices.get(device) ?? new Map<string, number>();
    operations.set(operation, count);
    devices.set(device, operations);
  }
  return devices;
}
