/** Undoes one thing that a test did to the machine. Synchronous, so that it also runs while the process exits. */
export type Undo = () => void;

/** What something is made for and goes with: a test of tap's, or anything else that ends. */
export interface Scope {
  teardown(undo: Undo): void;
}

/** Does something whose traces are undone when it has ended, however it ended. */
export async function withScope<T>(work: (scope: Scope) => Promise<T>): Promise<T> {
  const undos: Undo[] = [];
  try {
    return await work({ teardown: (undo) => undos.push(undo) });
  } finally {
    for (const undo of undos.toReversed()) undo();
  }
}

const pending = new Set<Undo>();
const FATAL_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGALRM'] as const;

/**
 * Runs `undo` when the test or other scope ends, whatever its outcome, or when the process ends before that (a time limit, Ctrl-C).
 * What was registered last is undone first.
 */
export function atEnd(t: Scope, undo: Undo): void {
  if (pending.size === 0) watchProcess();
  pending.add(undo);
  t.teardown(() => undoOnce(undo));
}

function undoOnce(undo: Undo): void {
  if (pending.delete(undo)) undo();
}

let watched = false;

function watchProcess(): void {
  if (watched) return;
  watched = true;
  process.on('exit', undoAll);
  for (const signal of FATAL_SIGNALS) {
    process.once(signal, () => {
      undoAll();
      process.kill(process.pid, signal);
    });
  }
}

function undoAll(): void {
  for (const undo of [...pending].toReversed()) {
    try {
      undoOnce(undo);
    } catch (error) {
      console.error('cleaning up:', error); // the others must still be undone
    }
  }
}
