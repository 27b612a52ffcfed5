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
  let start = 0;
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
    const deviceEnd = text.indexOf(' ', start);
    const operationEnd = text.indexOf(' ', deviceEnd + 1);
    const count = operationEnd < deviceEnd ? undefined : scanNumber(text, operationEnd + 1, end);
    if (count !== undefined) {
      const device = text.slice(start, deviceEnd);
      const operations = devices.get(device) ?? new Map<string, number>();
      if (operations.size === 0) devices.set(device, operations);
      operations.set(text.slice(deviceEnd + 1, operationEnd), count);
    }
    start = end + 1;
  }
  return devices;
}
