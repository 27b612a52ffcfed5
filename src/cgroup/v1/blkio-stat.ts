/** Counts of one blkio file for one device, by kind of operation: `Read`, `Write`, `Discard`, `Total`. */
export type Operations = ReadonlyMap<string, number>;

/**
 * Parses a blkio file that counts by device and kind of operation, into a map by device number. Its last line, the sum over
 * all devices, belongs to none.
 *
 * `254:0 Read 100` ... `Total 113`
 */
export function parseBlkioStat(text: string): Map<string, Operations> {
  const devices = new Map<string, Map<string, number>>();
  for (const line of text.split('\n')) {
    const [device, operation, count] = line.split(' ');
    if (device === undefined || operation === undefined || count === undefined) continue;
    const operations = devices.get(device) ?? new Map<string, number>();
    operations.set(operation, Number(count));
    devices.set(device, operations);
  }
  return devices;
}
