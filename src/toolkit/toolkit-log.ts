import { writeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { makeDirectories } from './make-directories.ts';

/** Where the toolkit writes down what it did, apart from the answer that it prints. */
export interface ToolkitLog {
  info(message: string, fields?: object): void;
  error(message: string, fields?: object): void;
}

/** A log that appends a line of JSON per message to `file`; without a file, or where it cannot be written, one
 * that keeps nothing. */
export async function openLog(name: string, file: string | undefined): Promise<ToolkitLog> {
  if (file === undefined) return SILENT;
  const { pino } = await import('pino');
  try {
    makeDirectories(dirname(resolve(file)));
    const logger = pino({ name }, pino.destination({ dest: file, append: true, sync: true }));
    return {
      info: (message, fields = {}) => logger.info(fields, message),
      error: (message, fields = {}) => logger.error(fields, message),
    };
  } catch (error) {
    // A hook in a user namespace, say, may not write there: no reason to leave its work undone.
    writeSync(
      2,
      `${name}: cannot log to ${file}: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    return SILENT;
  }
}

const SILENT: ToolkitLog = { info: () => undefined, error: () => undefined };
