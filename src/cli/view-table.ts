import type { ContainerView } from '../toolkit/container-view.ts';
import type { Summary } from '../toolkit/summary.ts';

/** A container's view and the host's side by side, and whose its files are, for people to read. */
export function viewTable(view: ContainerView): string {
  const rows: [string, string, string][] = [
    [`${view.id.slice(0, 24)} (${view.engine}, pid ${view.pid})`, 'container', 'host'],
    ...FIGURES.map(([name, figure]): [string, string, string] => [
      name,
      figure(view.container) ?? '-',
      figure(view.host) ?? '-',
    ]),
  ];
  const files = Object.entries(view.files).map(([path, source]) => `  ${source.padEnd(7)} ${path}`);
  return [...rows.map((row) => line(row, rows)), '', 'files', ...files, ''].join('\n');
}

const FIGURES: readonly (readonly [string, (summary: Summary) => string | undefined])[] = [
  ['memory', ({ memoryTotalKb }) => megabytes(memoryTotalKb)],
  ['  available', ({ memoryAvailableKb }) => megabytes(memoryAvailableKb)],
  ['swap', ({ swapTotalKb }) => megabytes(swapTotalKb)],
  ['  free', ({ swapFreeKb }) => megabytes(swapFreeKb)],
  ['processors', ({ processors }) => processors?.toString()],
  ['CPUs online', ({ cpusOnline }) => cpusOnline],
  ['load average', ({ loadAverage }) => loadAverage],
  ['uptime', ({ uptimeSeconds }) => (uptimeSeconds === undefined ? undefined : duration(uptimeSeconds))],
  ['disks', ({ disks }) => disks?.join(' ')],
];

function line(row: readonly string[], rows: readonly (readonly string[])[]): string {
  return row
    .map((cell, column) => cell.padEnd(Math.max(...rows.map((each) => each[column]?.length ?? 0))))
    .join('   ')
    .trimEnd();
}

/** `256 MiB`, of kB as /proc/meminfo counts them. */
function megabytes(kilobytes: number | undefined): string | undefined {
  return kilobytes === undefined ? undefined : `${Math.floor(kilobytes / 1024)} MiB`;
}

/** `2 d 03:04:05` */
function duration(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const time = `${two((seconds % 86_400) / 3600)}:${two((seconds % 3600) / 60)}:${two(seconds % 60)}`;
  return days > 0 ? `${days} d ${time}` : time;
}

function two(number: number): string {
  return String(Math.floor(number)).padStart(2, '0');
}
