import type { Scope, Undo } from '../test/e2e/harness/cleanup.ts';

/** Does something whose traces are undone when it has ended, however it ended. */
export async function withScope<T>(work: (scope: Scope) => Promise<T>): Promise<T> {
  const undos: Undo[] = [];
  try {
    return await work({ teardown: (undo) => undos.push(undo) });
  } finally {
    for (const undo of undos.toReversed()) undo();
  }
}
