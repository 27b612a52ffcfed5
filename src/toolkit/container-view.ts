import { readFileSync } from 'node:fs';
import type { FileReading } from './file-reading.ts';
import type { FoundContainer } from './find-containers.ts';
import { LXCFS_FILES } from './lxcfs-files.ts';
import { lxcfsMountsOf } from './mount-table.ts';
import { readInside } from './read-inside.ts';
import { type Summary, summarize } from './summary.ts';

/** Whose file a container shows at a path: an lxcfs's, the host's, one whose lxcfs is dead or hangs, or none. */
export type FileSource = 'lxcfs' | 'host' | 'dead' | 'hung' | 'absent';

/** What a container sees, beside what the host has. */
export interface ContainerView {
  readonly id: string;
  readonly engine: string;
  readonly pid: number;
  readonly files: Readonly<Record<string, FileSource>>;
  readonly container: Summary;
  readonly host: Summary;
}

/** The files that are read; of the CPU directory, the one that tells its CPUs. */
const SHOWN_FILES = LXCFS_FILES.map((path) => (path === '/sys/devices/system/cpu' ? `${path}/online` : path));

/** Looks at a container's files from inside, each for at most `limitMillis`. Undefined where it has ended. */
export async function viewContainer(
  container: FoundContainer,
  limitMillis: number,
): Promise<ContainerView | undefined> {
  const { id, engine, pid, namespaces } = container;
  const mountPoints = lxcfsMountsOf(pid)?.map(({ mountPoint }) => mountPoint);
  const readings = await readInside(namespaces[0], SHOWN_FILES, limitMillis);
  if (readings === undefined || mountPoints === undefined) return undefined;
  const files = Object.fromEntries(
    readings.map((reading): [string, FileSource] => [reading.path, sourceOf(reading, mountPoints)]),
  );
  return { id, engine, pid, files, container: summarize(readings), host: summarize(readHost()) };
}

/** Whose the file is that was read; `mountPoints` are those of lxcfs mounts in the container. */
export function sourceOf(reading: FileReading, mountPoints: readonly string[]): FileSource {
  const isCovered = mountPoints.some(
    (point) => reading.path === point || reading.path.startsWith(`${point}/`),
  );
  if ('text' in reading) return isCovered ? 'lxcfs' : 'host';
  if (reading.errno === 'ETIMEDOUT') return 'hung';
  return isCovered && reading.errno !== 'ENOENT' ? 'dead' : 'absent';
}

function readHost(): FileReading[] {
  return SHOWN_FILES.map((path) => {
    try {
      return { path, text: readFileSync(path, 'latin1') };
    } catch {
      return { path, errno: 'ENOENT' }; // a host without swap, PSI or slab lists
    }
  });
}
