import { formatCpuList } from '../../../../../procfs/cpu-list.ts';
import { type CpuView, gatherCpuView } from '../../../../cpu-view.ts';
import type { View, ViewContext } from '../../../../view.ts';

/** online, present and possible: the visible CPUs, all three the same. */
export const online: View = (context) => {
  const view = gatherCpuView(context);
  return view && renderOnline(view);
};

/** The text: `0,2-3`. */
export function renderOnline({ shownCpus }: CpuView): string {
  return `${formatCpuList(shownCpus)}\n`;
}

/** offline: an empty list, since a CPU that a container has not is not there at all. */
export const offline: View = () => '\n';

/** The cpuN directories that are seen, and which CPU of the host each stands for; undefined where no CPU is known. */
export function visibleCpus(context: ViewContext): ReadonlyMap<number, number> | undefined {
  const view = gatherCpuView(context);
  return view && new Map(view.shownCpus.map((shown, index) => [shown, view.hostCpus[index] ?? shown]));
}
