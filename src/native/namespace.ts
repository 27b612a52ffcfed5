import { libcFunction } from './libc.ts';

const unshareCall = libcFunction('unshare', ['int']);
const setnsCall = libcFunction('setns', ['int', 'int']);

const CLONE_FS = 0x200;
const CLONE_NEWNS = 0x20000;

/** Gives the calling thread a root and working directory of its own, without which it may not change mount namespaces. */
export function unshareFileSystemContext(): void {
  unshareCall(CLONE_FS);
}

/**
 * Moves the calling thread into the mount namespace behind `namespaceFd` (setns(2)); its root and working directory
 * become that namespace's root.
 */
export function enterMountNamespace(namespaceFd: number): void {
  setnsCall(namespaceFd, CLONE_NEWNS);
}
