import {
  closeSync,
  constants,
  existsSync,
  lstatSync,
  openSync,
  opendirSync,
  readFileSync,
  readSync,
} from 'node:fs';
import { isShortage } from '../procfs/kernel-file.ts';
import { type MountInfo, parseMountInfo } from '../procfs/mountinfo.ts';

/** Names of disks by device number, `8:0` -> `sda`. */
export type DeviceNames = ReadonlyMap<string, string>;

/**
 * The names that disks have in the /dev of the container whose init is `pid`: those of the block devices in there, and
 * `sda` for the one that holds the container's root directory, unless another one is called so in there.
 *
 * All of it is in the container's hands, so no link is followed, nothing but a device's number is believed, and the work
 * is bounded. Only a /dev on tmpfs or devtmpfs is looked into: any other file system could block the reader.
 */
export function deviceNamesIn(root: string, pid: number): DeviceNames {
  const names = new Map<string, string>();
  try {
    const mounts = mountsOf(root, pid);
    if (MEMORY_FILE_SYSTEMS.has(mounts.get('/dev')?.fsType ?? ''))
      addBlockDevices(names, `${root}/proc/${pid}/root/dev`);
    const rootDevice = mounts.get('/')?.device;
    if (rootDevice !== undefined && ![...names.values()].includes('sda'))
      names.set(wholeDiskOf(root, rootDevice), 'sda');
  } catch (error) {
    if (isShortage(error)) throw error;
    // The container has ended, or it keeps its directories moving: what was found is all that it gets.
  }
  return names;
}

const MEMORY_FILE_SYSTEMS = new Set(['tmpfs', 'devtmpfs']);

/** What is mounted where in the container, as far as the first part of its mountinfo goes; later mounts cover earlier ones. */
function mountsOf(root: string, pid: number): Map<string, MountInfo> {
  const text = readStart(`${root}/proc/${pid}/mountinfo`, MOUNTINFO_BYTES);
  return new Map(parseMountInfo(text).map((mount) => [mount.mountPoint, mount]));
}

/** A namespace may hold 100,000 mounts. */
const MOUNTINFO_BYTES = 256 * 1024;

function readStart(path: string, maxBytes: number): string {
  const fd = openSync(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(maxBytes);
    let length = 0;
    for (;;) {
      const count = readSync(fd, buffer, length, maxBytes - length, null);
      length += count;
      if (count === 0) return buffer.toString('latin1', 0, length);
    }
  } finally {
    closeSync(fd);
  }
}

function addBlockDevices(names: Map<string, string>, path: string): void {
  // The directory itself is held open: were it exchanged for a link to the host's, that would not be followed.
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    const held = `/proc/self/fd/${fd}`;
    const directory = opendirSync(held);
    try {
      for (let count = 0; count < MOST_ENTRIES; count++) {
        const entry = directory.readSync();
        if (entry === null) break;
        if (entry.isBlockDevice() && PRINTABLE.test(entry.name)) addDevice(names, held, entry.name);
      }
    } finally {
      directory.closeSync();
    }
  } finally {
    closeSync(fd);
  }
}

const MOST_ENTRIES = 4096;

/** A name with a space or a newline would read as something else in the files. */
const PRINTABLE = /^[!-~]+$/;

function addDevice(names: Map<string, string>, directory: string, name: string): void {
  const { rdev } = lstatSync(`${directory}/${name}`);
  // dev_t has 12 bits of major and 20 of minor number, of which the upper 12 lie above the major.
  const device = `${(rdev >>> 8) & 0xfff}:${(rdev & 0xff) | ((rdev >>> 12) & 0xfff00)}`;
  const other = names.get(device);
  if (other === undefined || name < other) names.set(device, name);
}

/** The disk of a partition; any other device is itself. */
function wholeDiskOf(root: string, device: string): string {
  const directory = `${root}/sys/dev/block/${device}`;
  if (!existsSync(`${directory}/partition`)) return device;
  return readFileSync(`${directory}/../dev`, 'latin1').trim();
}
