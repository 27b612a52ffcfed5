import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import { atEnd, type Scope } from './cleanup.ts';
import { slowness } from './pace.ts';
import { familyOf, killAndWait } from './processes.ts';
import { collect, type Command } from './run.ts';

/** A program that goes on while a test does other things; it is killed at the test's end. */
export interface Background {
  readonly pid: number;
  /** Throws, with what it said on standard error, when it has ended. */
  assertRunning(): void;
  /** Kills it and all its children, at whatever they are. */
  kill(): void;
  /** Writes a line to its standard input. */
  send(line: string): void;
  /** The next line of its standard output; rejects when none comes in time. */
  nextLine(limitMillis?: number): Promise<string>;
  /** Its exit status, null when a signal ended it; rejects when it does not end in time. */
  ended(limitMillis?: number): Promise<number | null>;
}

/** Starts a program in the background. */
export function startBackground(t: Scope, command: Command): Background {
  const [file, ...args] = command;
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const pid = child.pid ?? 0;
  const kill = (): void => killAndWait(familyOf(pid));
  atEnd(t, kill);
  const errors = collect(child.stderr);
  const lines: string[] = [];
  const news = new EventEmitter();
  let status: number | null | undefined;
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    news.emit('news');
  });
  child.on('close', (code) => {
    status = code;
    news.emit('news');
  });
  child.on('error', () => undefined); // 'close' follows, and says what there is to say
  child.stdin.on('error', () => undefined); // it may end before it has read everything

  async function waitFor<T>(what: string, look: () => T | undefined, limitMillis: number): Promise<T> {
    const signal = AbortSignal.timeout(limitMillis * slowness);
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      await once(news, 'news', { signal }).catch((cause: unknown) => {
        throw new Error(`${what} of ${command.join(' ')}: not in time\n${errors()}`, { cause });
      });
    }
  }

  return {
    pid,
    assertRunning: () => failure(status, errors),
    kill,
    send: (line) => child.stdin.write(`${line}\n`),
    nextLine: (limitMillis = 10_000) =>
      waitFor('a line', () => lines.shift() ?? failure(status, errors), limitMillis),
    ended: (limitMillis = 10_000) => waitFor('the end', () => status, limitMillis),
  };
}

function failure(status: number | null | undefined, errors: () => string): undefined {
  if (status !== undefined) throw new Error(`ended with ${status}: ${errors()}`);
}
