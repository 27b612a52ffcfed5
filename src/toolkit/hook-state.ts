import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** What a hook is told about the container that is being made. */
export interface HookState {
  readonly id: string;
  /** Its init's pid as the runtime numbers it; 0 or 1 where the hook runs inside the container's pid namespace. */
  readonly pid: number;
  /** The container's root directory as it is found before pivot_root. */
  readonly rootfs: string;
}

/** A hook's input that tells too little. */
export class HookStateError extends Error {
  override readonly name = 'HookStateError';
}

/**
 * Parses the state that an OCI runtime writes to a hook's stdin. iSulad names the root directory itself (`root`), older
 * runtimes say `bundlePath` for `bundle`; else the root directory is in the bundle's config.json.
 *
 * `{"ociVersion":"1.0.2","id":"c1","status":"creating","pid":4711,"bundle":"/run/containers/c1"}`
 */
export function parseHookState(text: string): HookState {
  const state = objectFrom(text, 'the state on stdin');
  const pid = typeof state['pid'] === 'number' ? state['pid'] : 0;
  const id = typeof state['id'] === 'string' ? state['id'] : '';
  if (typeof state['root'] === 'string' && state['root'] !== '') return { id, pid, rootfs: state['root'] };
  const bundle = state['bundle'] ?? state['bundlePath'];
  if (typeof bundle !== 'string' || bundle === '') {
    throw new HookStateError(
      'expected "root", "bundle" or "bundlePath" in the state on stdin, found none of them',
    );
  }
  return { id, pid, rootfs: resolve(bundle, rootFromConfig(`${bundle}/config.json`)) };
}

/** `{"root":{"path":"rootfs"}}` */
function rootFromConfig(path: string): string {
  const { root } = objectFrom(readFileSync(path, 'utf8'), path);
  if (typeof root === 'object' && root !== null && 'path' in root && typeof root.path === 'string') {
    return root.path;
  }
  throw new HookStateError(`expected "root": {"path": ...} in ${path}, found none`);
}

function objectFrom(text: string, where: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new HookStateError(`expected JSON in ${where}, found ${JSON.stringify(text.slice(0, 60))}`, {
      cause,
    });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new HookStateError(`expected an object in ${where}, found ${JSON.stringify(text.slice(0, 60))}`);
  }
  return { ...value };
}
