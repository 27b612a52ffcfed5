import { scanNumber } from '../../procfs/scan-number.ts';
import type { DiskCounters } from '../io.ts';

/**
 * Parses io.stat. Keys that it does not know (`cost.usage`) are skipped. A device without any counter has its number alone,
 * after which some kernels forget the newline, so that words decide here, not lines.
 *
 * `254:0 rbytes=8192 wbytes=4096 rios=2 wios=1 dbytes=0 dios=0`
 */
export function parseIoStat(text: string): Map<string, DiskCounters> {
  const disks = new Map<string, DiskCounters>();
  let counters = new Map<string, number>();
  let device = '';
  const finish = (): void => {
    if (counters.size > 0) disks.set(device, diskCounters(counters));
  };
  for (const word of text.split(/\s+/)) {
    const equals = word.indexOf('=');
    if (equals !== -1) {
      const value = scanNumber(word, equals + 1, word.length);
      if (value !== undefined) counters.set(word.slice(0, equals), value);
      continue;
    }
    finish();
    counters = new Map();
    device = word;
  }
  finish();
  return disks;
}

function diskCounters(counters: ReadonlyMap<string, number>): DiskCounters {
  return {
    reads: { count: counters.get('rios'), bytes: counters.get('rbytes') },
    writes: { count: counters.get('wios'), bytes: counters.get('wbytes') },
    discards: { count: counters.get('dios'), bytes: counters.get('dbytes') },
  };
}
