import type { Background } from './background.ts';
import type { Scope } from './cleanup.ts';
import type { Container } from './container.ts';
import { program } from './programs.ts';

/** A process in a container that does what it is told, so that nothing but that work counts. */
export interface Worker {
  /** Touches so much memory more, and keeps it. */
  use(bytes: number): Promise<void>;
  /** Writes so much to a new file. */
  write(path: string, bytes: number): Promise<void>;
  /** Reads so much of a file. */
  read(path: string, bytes: number): Promise<void>;
  /** Uses so many seconds of CPU time, spread over `wallSeconds`, or more if the machine is busy; the time that it took. */
  burn(cpuSeconds: number, wallSeconds: number): Promise<number>;
  /** From now on it runs on this CPU alone. */
  pin(cpu: number): Promise<void>;
}

/** Starts a worker and waits until it is ready. */
export async function startWorker(t: Scope, container: Container): Promise<Worker> {
  const worker: Background = container.start(t, program('work'));
  await worker.nextLine();
  const work = async (...words: readonly (string | number)[]): Promise<number> => {
    worker.send(words.join(' '));
    return Number(await worker.nextLine(60_000));
  };
  return {
    use: async (bytes) => void (await work('use', bytes)),
    write: async (path, bytes) => void (await work('write', path, bytes)),
    read: async (path, bytes) => void (await work('read', path, bytes)),
    burn: (cpuSeconds, wallSeconds) => work('burn', cpuSeconds, wallSeconds),
    pin: async (cpu) => void (await work('pin', cpu)),
  };
}
