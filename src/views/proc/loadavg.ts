import { renderLoad } from '../../load/load-record.ts';
import { gatherLoad } from '../container-load.ts';
import type { View } from '../view.ts';

/** /proc/loadavg: with -l the load of the container's own tasks, otherwise the host's file. */
export const loadavg: View = (context) => {
  const record = gatherLoad(context);
  return record && renderLoad(record);
};
