const OPEN_FILES = 'open-files';
const NODES = 'nodes';
const SESSION = 'session.json';
const KEEPER = 'keeper';
const JOURNAL_PREFIX = 'journal-';

/** The file of open handles and their texts in a state directory; see OpenFiles. */
export function openFilesPath(stateDirectory: string): string {
  return `${stateDirectory}/${OPEN_FILES}`;
}

/** The file of node ids that were given out; see MirrorIds. */
export function nodesPath(stateDirectory: string): string {
  return `${stateDirectory}/${NODES}`;
}

/** The file of requests that the server with this pid works on; see Journal. */
export function journalPath(stateDirectory: string, serverPid: number): string {
  return `${stateDirectory}/${JOURNAL_PREFIX}${serverPid}`;
}

/** The file that says how an orphaned mount can be adopted; see session.ts. */
export function sessionPath(stateDirectory: string): string {
  return `${stateDirectory}/${SESSION}`;
}

/** The file with the pid of the keeper; see Keeper. */
export function keeperPath(stateDirectory: string): string {
  return `${stateDirectory}/${KEEPER}`;
}

/** Whether a name in a state directory is that of a journal. */
export function isJournal(name: string): boolean {
  return name.startsWith(JOURNAL_PREFIX);
}

/** Whether a name in a state directory is that of a file which means nothing once its mount has ended. */
export function isOfOneMount(name: string): boolean {
  return [OPEN_FILES, NODES, SESSION, KEEPER].includes(name) || isJournal(name);
}
