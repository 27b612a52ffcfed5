import { decodePath } from './decode-path.ts';

/** One line of /proc/PID/mountinfo (proc_pid_mountinfo(5)), escapes undone. */
export interface MountInfo {
  readonly id: number;
  readonly parentId: number;
  /** Device number, `0:34`. */
  readonly device: string;
  /** Path inside the file system that is the root of this mount. */
  readonly root: string;
  readonly mountPoint: string;
  readonly mountOptions: readonly string[];
  /** Optional fields: `shared:1`, `master:2`. */
  readonly propagation: readonly string[];
  readonly fsType: string;
  readonly source: string;
  readonly superOptions: readonly string[];
}

/**
 * Parses /proc/PID/mountinfo, read as latin1; lines that do not have its form are skipped, since a later kernel may add others.
 *
 * `35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory`
 */
export function parseMountInfo(text: string): MountInfo[] {
  return text.split('\n').flatMap((line) => parseLine(line) ?? []);
}

function parseLine(line: string): MountInfo | undefined {
  const fields = line.split(' ');
  const separator = fields.indexOf('-', 6);
  const [id, parentId, device, root, mountPoint, mountOptions] = fields;
  const [fsType, source, superOptions] = fields.slice(separator + 1);
  if (separator === -1 || !id || !parentId || !device || !root || !mountPoint || !fsType) return undefined;
  return {
    id: Number(id),
    parentId: Number(parentId),
    device,
    root: unescapePath(root),
    mountPoint: unescapePath(mountPoint),
    mountOptions: mountOptions?.split(',') ?? [],
    propagation: fields.slice(6, separator),
    fsType,
    source: unescapePath(source ?? ''),
    superOptions: superOptions?.split(',') ?? [],
  };
}

/** Space, tab, newline and backslash stand as three octal digits: `\040`. */
function unescapePath(text: string): string {
  const bytes = text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
  return decodePath(bytes);
}
