import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { isGone } from '../procfs/kernel-file.ts';
import { AgentProcess, AgentTimeoutError } from './agent-process.ts';
import type { FileReading } from './file-reading.ts';
import type { NamespaceMember } from './find-containers.ts';
import { startTicksOf } from './process-record.ts';

/**
 * Reads files as a process of the container does: in its mount namespace, and in its pid namespace, by which lxcfs knows
 * whose view to show. A file that does not answer within `limitMillis` has the errno ETIMEDOUT. Undefined where the
 * container has ended.
 */
export async function readInside(
  member: NamespaceMember,
  paths: readonly string[],
  limitMillis: number,
): Promise<readonly FileReading[] | undefined> {
  const all = await readByAgent(member, paths, limitMillis);
  if (all !== 'hung') return all;
  // An agent for each file, so that one that hangs does not hide the others.
  const each = await Promise.all(paths.map((path) => readByAgent(member, [path], limitMillis)));
  return each.flatMap((result, index): readonly FileReading[] => {
    if (result === 'hung') return [{ path: paths[index] ?? '', errno: 'ETIMEDOUT' }];
    return result ?? [];
  });
}

async function readByAgent(
  member: NamespaceMember,
  paths: readonly string[],
  limitMillis: number,
): Promise<readonly FileReading[] | 'hung' | undefined> {
  const directory = openProcess(member);
  if (directory === undefined) return undefined;
  const agent = new AgentProcess(['nsenter', `--pid=/proc/${process.pid}/fd/${directory}/ns/pid`]);
  try {
    const result = await agent.perform({ kind: 'read', paths, member }, limitMillis);
    if (result.kind === 'readings') return result.readings;
    if (result.kind === 'failed') throw new Error(result.message);
    return undefined;
  } catch (error) {
    if (error instanceof AgentTimeoutError) return 'hung';
    throw error;
  } finally {
    agent.close();
    closeSync(directory);
  }
}

/** The process's directory, through which nothing but this very process is reached. */
function openProcess({ pid, startTicks }: NamespaceMember): number | undefined {
  let directory;
  try {
    directory = openSync(`/proc/${pid}`, constants.O_RDONLY | constants.O_DIRECTORY);
    if (startTicksOf(readFileSync(`/proc/self/fd/${directory}/stat`, 'latin1')) === startTicks)
      return directory;
  } catch (error) {
    if (!isGone(error)) throw error;
  }
  if (directory !== undefined) closeSync(directory);
  return undefined;
}
