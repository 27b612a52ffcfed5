import { AgentProcess, AgentTimeoutError } from './agent-process.ts';
import { CHECKED_FILES, complaintAbout } from './sane-content.ts';

/** How an lxcfs mount does: it answers sensibly, its daemon is gone, it does not answer in time, or it answers nonsense. */
export type Health =
  { readonly state: 'live' } | { readonly state: 'dead' | 'hung' | 'wrong'; readonly reason: string };

/** Reads the files of the lxcfs at `directory` in a child process, for at most `limitMillis`. */
export async function probe(directory: string, limitMillis: number): Promise<Health> {
  const agent = new AgentProcess();
  try {
    const paths = CHECKED_FILES.map((path) => directory + path);
    const result = await agent.perform({ kind: 'read', paths }, limitMillis);
    if (result.kind === 'failed') return { state: 'wrong', reason: result.message };
    const readings = result.kind === 'readings' ? result.readings : [];
    for (const reading of readings) {
      if ('errno' in reading) return unreadable(directory, reading.path, reading.errno);
      const complaint = complaintAbout(reading.path.slice(directory.length), reading.text);
      if (complaint !== undefined) return { state: 'wrong', reason: `${directory}: ${complaint}` };
    }
    return { state: 'live' };
  } catch (error) {
    if (!(error instanceof AgentTimeoutError)) throw error;
    return { state: 'hung', reason: `the lxcfs at ${directory} does not answer within ${limitMillis} ms` };
  } finally {
    agent.close();
  }
}

function unreadable(directory: string, path: string, errno: string): Health {
  // ECONNABORTED: a connection aborted while the read was under way; ENOTCONN: any time after.
  if (errno === 'ENOTCONN' || errno === 'ECONNABORTED') {
    return {
      state: 'dead',
      reason: `the lxcfs at ${directory} is dead: its daemon has ended without unmounting it`,
    };
  }
  return { state: 'wrong', reason: `${path} cannot be read: ${errno}` };
}
