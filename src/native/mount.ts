import { libcFunction, numberedSystemCall } from './libc.ts';

const mountCall = libcFunction('mount', ['str', 'str', 'str', 'ulong', 'str']);
const umountCall = libcFunction('umount2', ['str', 'int']);
const openTreeCall = numberedSystemCall('open_tree', 428, ['int', 'str', 'uint']);
const moveMountCall = numberedSystemCall('move_mount', 429, ['int', 'str', 'int', 'str', 'uint']);
const mountSetattrCall = numberedSystemCall('mount_setattr', 442, ['int', 'str', 'uint', 'void *', 'ulong']);

const AT_FDCWD = -100;
const AT_EMPTY_PATH = 0x1000;
const OPEN_TREE_CLONE = 1;
const OPEN_TREE_CLOEXEC = 0o2_000_000;
const MOVE_MOUNT_F_EMPTY_PATH = 0x4;
const MOVE_MOUNT_T_EMPTY_PATH = 0x40;
const MOUNT_ATTR_NOSUID_NODEV_NOEXEC = 0x2 | 0x4 | 0x8;
const MS_BIND = 0x1000;
const MS_REC = 0x4000;
const MS_PRIVATE = 1 << 18;
const MS_SLAVE = 1 << 19;
const MS_SHARED = 1 << 20;
const MNT_DETACH = 2;
const UMOUNT_NOFOLLOW = 8;

/**
 * A copy of the mount at `path`, cut down to `path`, attached nowhere (open_tree(2), Linux 5.2). It goes away with its
 * descriptor unless {@link attachTree} puts it somewhere. ENOSYS: the kernel is too old.
 */
export function cloneTree(path: string): number {
  return openTreeCall(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
}

/**
 * Makes a copied tree exchange no mounts with the one it was copied from, and honour neither setuid bits, devices nor
 * programs (mount_setattr(2), Linux 5.12).
 */
export function isolateTree(treeFd: number): void {
  // struct mount_attr: attr_set, attr_clr, propagation, userns_fd, each 64 bits wide.
  const attributes = new BigUint64Array([BigInt(MOUNT_ATTR_NOSUID_NODEV_NOEXEC), 0n, BigInt(MS_PRIVATE), 0n]);
  const bytes = new Uint8Array(attributes.buffer);
  mountSetattrCall(treeFd, '', AT_EMPTY_PATH, bytes, bytes.length);
}

/** Attaches a copied tree over the place `placeFd`, which may be in another mount namespace than the one it was copied in. */
export function attachTree(treeFd: number, placeFd: number): void {
  moveMountCall(treeFd, '', placeFd, '', MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

/** Binds `source` over `target` (mount(2)); with `recursive` all that is mounted below `source`, too. */
export function bindMount(source: string, target: string, recursive = false): void {
  mountCall(source, target, null, recursive ? MS_BIND | MS_REC : MS_BIND, null);
}

/** Says with whom the mount at the mount point `target` exchanges later mounts (mount_namespaces(7)). */
export function setPropagation(target: string, propagation: 'private' | 'slave' | 'shared'): void {
  mountCall(
    null,
    target,
    null,
    { private: MS_PRIVATE, slave: MS_SLAVE, shared: MS_SHARED }[propagation],
    null,
  );
}

/** Takes the topmost mount off `target` at once, busy or dead (umount2(2)); a symbolic link is not followed. */
export function detachMount(target: string): void {
  umountCall(target, MNT_DETACH | UMOUNT_NOFOLLOW);
}
