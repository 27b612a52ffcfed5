import { scanNumber } from '../../procfs/scan-number.ts';
import type { Place } from '../place.ts';
import { type OpenFile, readValue } from '../read-value.ts';
import type { Tasks } from '../tasks.ts';

/** Tasks of cgroup v1, listed by any hierarchy and counted by that of the pids controller, where `pids` is the group's place. */
export function openTasks({ directories }: Place, pids: Place | undefined, open: OpenFile): Tasks {
  const current = pids && open(`${pids.directories[0]}/pids.current`);
  return {
    directory: directories[0],
    listName: 'tasks',
    count() {
      const text = current && readValue(current);
      return text === undefined ? undefined : scanNumber(text, 0, text.indexOf('\n'));
    },
  };
}
