import type { ContainerReport } from '../toolkit/visit-containers.ts';

/** One line about what was done in a container: `3f2a90c1b4de remounted, 11 files`. */
export function reportLine(command: 'remount' | 'umount', report: ContainerReport): string {
  const id = /^[0-9a-f]{64}$/.test(report.id) ? report.id.slice(0, 12) : report.id;
  return `${id} ${outcome(command, report)}`;
}

function outcome(command: 'remount' | 'umount', report: ContainerReport): string {
  switch (report.status) {
    case 'changed':
      return command === 'remount'
        ? `remounted, ${files(report.placed)}`
        : `shows the host's files again, ${files(report.removed)}`;
    case 'unchanged':
      return command === 'remount'
        ? 'had the files of this lxcfs already'
        : "showed the host's files already";
    case 'gone':
      return 'has ended meanwhile';
    case 'failed':
      return `failed: ${report.message ?? 'for no known reason'}`;
  }
}

function files(count: number): string {
  return count === 1 ? '1 mount' : `${count} mounts`;
}
