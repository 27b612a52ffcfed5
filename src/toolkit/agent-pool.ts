import { AgentProcess } from './agent-process.ts';
import type { Job, JobResult } from './job.ts';

/** Several agents that share a queue of jobs; each job has a time limit of its own. */
export class AgentPool {
  readonly #idle: AgentProcess[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #limitMillis: number;
  #free: number;

  constructor(size: number, limitMillis: number) {
    this.#free = size;
    this.#limitMillis = limitMillis;
  }

  /** Has a job done by the next free agent. A job that fails or takes too long costs its agent, not the others' jobs. */
  async perform(job: Job): Promise<JobResult> {
    await this.#acquire();
    const agent = this.#idle.pop() ?? new AgentProcess();
    try {
      const result = await agent.perform(job, this.#limitMillis);
      this.#idle.push(agent);
      return result;
    } catch (error) {
      return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
    } finally {
      this.#release();
    }
  }

  /** Ends all agents without waiting for them. */
  close(): void {
    for (const agent of this.#idle.splice(0)) agent.close();
  }

  #acquire(): Promise<void> | undefined {
    if (this.#free === 0) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#free--;
    return undefined;
  }

  #release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }
}
