import { scanNumber } from '../../procfs/scan-number.ts';
import type { Group } from '../group.ts';
import { readValue } from '../read-value.ts';
import type { Tasks } from '../tasks.ts';

/** Tasks of cgroup v1, listed by any hierarchy and counted by that of the pids controller, where there is one. */
export function openTasks(group: Group, pids: Group | undefined): Tasks {
  return {
    directory: group.directory,
    listName: 'tasks',
    count() {
      const text = pids && readValue(pids.file('pids.current'));
      return text === undefined ? undefined : scanNumber(text, 0, text.indexOf('\n'));
    },
  };
}
