import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Job, JobResult } from './job.ts';

/** Loading Node.js takes long on a machine that is out of memory or processor time. */
const START_LIMIT_MILLIS = 30_000;

/** A job that was not done in time; the process doing it is given up. */
export class AgentTimeoutError extends Error {
  constructor(job: Job, limitMillis: number) {
    super(`${job.kind} was not done within ${limitMillis} ms`);
    this.name = 'AgentTimeoutError';
  }
}

/**
 * A child process that does one job after another (agent-main.ts). A child, not a worker thread: a thread that is stuck in
 * the kernel, on a hung lxcfs say, keeps its own process from ending, but not the parent.
 */
export class AgentProcess {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  #isReady = false;

  /** `prefix`: a program and arguments to run the agent by, such as nsenter. */
  constructor(prefix: readonly string[] = []) {
    const command = [...prefix, process.execPath, ...process.execArgv, AGENT_MAIN];
    // Nothing of ours is passed on: a child that never ends must not keep a reader of our output waiting. It leads a
    // process group, since nsenter forks: what is ended has to be its child, too.
    this.#child = spawn(command[0] ?? process.execPath, command.slice(1), {
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.#child.on('error', () => this.close());
    this.#child.stdin?.on('error', () => undefined); // its end is seen by the missing answer
    const { stdout } = this.#child;
    if (stdout === null) throw new Error('expected a pipe from the agent, found none');
    this.#answers = createInterface({ input: stdout })[Symbol.asyncIterator]();
  }

  /**
   * Has a job done; throws {@link AgentTimeoutError} after `limitMillis`, in which the start of the agent does not count,
   * and the agent is of no use after that.
   */
  async perform(job: Job, limitMillis: number): Promise<JobResult> {
    try {
      if (!this.#isReady) await this.#line(START_LIMIT_MILLIS, new Error('the agent process does not start'));
      this.#isReady = true;
      this.#child.stdin?.write(`${JSON.stringify(job)}\n`);
      const result: JobResult = JSON.parse(
        await this.#line(limitMillis, new AgentTimeoutError(job, limitMillis)),
      );
      return result;
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** The next line that it says; throws `late` where there is none in time. */
  async #line(limitMillis: number, late: Error): Promise<string> {
    let timer;
    const limit = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(late), limitMillis);
    });
    try {
      const answer = await Promise.race([this.#answers.next(), limit]);
      if (answer.done === true) throw new Error('the agent process has ended');
      return answer.value;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the agent without waiting for it. */
  close(): void {
    this.#child.stdin?.destroy();
    this.#child.stdout?.destroy();
    this.#child.unref();
    const { pid, exitCode, signalCode } = this.#child;
    if (pid !== undefined && exitCode === null && signalCode === null) killGroup(pid);
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // ESRCH: it has ended, and Node has not heard of it yet
  }
}

/** The compiled agent beside this file, or its source where a loader runs the sources. */
const AGENT_MAIN = fileURLToPath(import.meta.url).replace(/agent-process\.([jt]s)$/, 'agent-main.$1');
