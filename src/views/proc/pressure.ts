import type { PressureResource } from '../../cgroup/pressure.ts';
import type { View } from '../view.ts';

/** /proc/pressure/cpu: how long the container's tasks waited for a CPU. */
export const cpuPressure = pressureView('cpu');

/** /proc/pressure/io: how long they waited for disks. */
export const ioPressure = pressureView('io');

/** /proc/pressure/memory: how long they waited for memory. */
export const memoryPressure = pressureView('memory');

/** The group's own file; zeros where a container has none (v1), in the lines that the host's kernel has. */
function pressureView(resource: PressureResource): View {
  return ({ container: { cgroup }, host }) => {
    const own = cgroup.pressure?.read(resource);
    if (own !== undefined || cgroup.isRoot) return own;
    const hostText = host.file(`/proc/pressure/${resource}`).read();
    return hostText && renderNoPressure(hostText);
  };
}

/** Kernels before 5.13 have no `full` line for the CPU. */
export function renderNoPressure(hostText: string): string {
  return hostText.includes('full') ? noStall('some') + noStall('full') : noStall('some');
}

function noStall(share: 'some' | 'full'): string {
  return `${share} avg10=0.00 avg60=0.00 avg300=0.00 total=0\n`;
}
