import type { TaskGroup } from './task-count.ts';

/** Writes whose tasks are to be sampled as a line of text. */
export function formatRequest({ initPid, listName, directory }: TaskGroup): string {
  return `${initPid} ${listName} ${directory}\n`;
}

/**
 * Parses what {@link formatRequest} wrote; undefined for anything else. The directory is the rest of the line, spaces and all.
 *
 * `4711 tasks /sys/fs/cgroup/cpu/docker/3f2a`
 */
export function parseRequest(text: string, root: string): TaskGroup | undefined {
  if (!text.endsWith('\n')) return undefined;
  const [pid = '', listName, ...rest] = text.slice(0, -1).split(' ');
  const initPid = Number(pid);
  const directory = rest.join(' ');
  if (!Number.isSafeInteger(initPid) || (listName !== 'tasks' && listName !== 'cgroup.threads')) {
    return undefined;
  }
  return directory === '' ? undefined : { root, initPid, listName, directory };
}
