/** What /proc/PID/status (proc_pid_status(5)) says about a process's place among processes. */
export interface ProcessStatus {
  /** Pid of the thread group, as the reader's pid namespace numbers it. */
  readonly threadGroupId: number;
  /** Pid of the parent there; 0 where the parent is outside of it. */
  readonly parentPid: number;
  /** Pid of this thread in its own, innermost pid namespace: 1 for that namespace's init. */
  readonly innermostPid: number;
}

/**
 * Parses /proc/PID/status; undefined where a line that is needed is missing (NSpid: kernel 4.1).
 *
 * `Tgid:\t4711`, `PPid:\t4690`, `NSpid:\t4711\t12\t1`
 */
export function parseProcessStatus(text: string): ProcessStatus | undefined {
  const threadGroupId = field(text, '\nTgid:\t');
  const parentPid = field(text, '\nPPid:\t');
  const innermostPid = field(text, '\nNSpid:\t')?.split('\t').at(-1);
  if (threadGroupId === undefined || parentPid === undefined || innermostPid === undefined) return undefined;
  return {
    threadGroupId: Number(threadGroupId),
    parentPid: Number(parentPid),
    innermostPid: Number(innermostPid),
  };
}

function field(text: string, label: string): string | undefined {
  const start = text.indexOf(label);
  if (start === -1) return undefined;
  const end = text.indexOf('\n', start + label.length);
  return text.slice(start + label.length, end === -1 ? undefined : end);
}
