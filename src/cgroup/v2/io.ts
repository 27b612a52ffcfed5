import type { Io } from '../io.ts';
import type { Place } from '../place.ts';
import { type OpenFile, readValue } from '../read-value.ts';
import { parseIoStat } from './io-stat.ts';

/** The io controller of cgroup v2. A group without it is counted in its nearest ancestor that has it. */
export function openIo({ limitable }: Place, open: OpenFile): Io {
  const levels = limitable.map((directory) => open(`${directory}/io.stat`));
  return {
    read: () => {
      for (const level of levels) {
        const text = readValue(level);
        if (text !== undefined) return parseIoStat(text);
      }
      return undefined;
    },
  };
}
