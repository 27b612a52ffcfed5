import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { sessionPath } from './state-files.ts';

/** What a supervisor has to know about a mount in order to adopt it from one that died. */
export interface SessionRecord {
  /** The server that serves. */
  readonly serverPid: number;
  /** Its descriptor of /dev/fuse. */
  readonly fuseFd: number;
  /** The kernel's protocol, `7.45`. */
  readonly protocol: string;
  readonly canResend: boolean;
  readonly hostView: boolean;
}

/** Writes the record of a state directory; readers see the old one or the new one. */
export function writeSession(stateDirectory: string, record: SessionRecord): void {
  const path = sessionPath(stateDirectory);
  writeFileSync(`${path}.new`, `${JSON.stringify(record)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** The record of a state directory; undefined where there is none that can be understood. */
export function readSession(stateDirectory: string): SessionRecord | undefined {
  try {
    const record: unknown = JSON.parse(readFileSync(sessionPath(stateDirectory), 'utf8'));
    return isSessionRecord(record) ? record : undefined;
  } catch {
    return undefined; // none, or half of one: nothing to adopt
  }
}

function isSessionRecord(value: unknown): value is SessionRecord {
  return (
    typeof value === 'object' &&
    value !== null &&
    'serverPid' in value &&
    Number.isInteger(value.serverPid) &&
    'fuseFd' in value &&
    Number.isInteger(value.fuseFd) &&
    'protocol' in value &&
    typeof value.protocol === 'string' &&
    'canResend' in value &&
    typeof value.canResend === 'boolean' &&
    'hostView' in value &&
    typeof value.hostView === 'boolean'
  );
}
