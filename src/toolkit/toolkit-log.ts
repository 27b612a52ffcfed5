/** Where the toolkit writes down what it did, apart from the answer that it prints. */
export interface ToolkitLog {
  info(message: string, fields?: object): void;
  error(message: string, fields?: object): void;
}

/** A log that appends a line of JSON per message to `file`; without a file, one that keeps nothing. */
export async function openLog(name: string, file: string | undefined): Promise<ToolkitLog> {
  if (file === undefined) return { info: () => undefined, error: () => undefined };
  const { pino } = await import('pino');
  const logger = pino({ name }, pino.destination({ dest: file, append: true, mkdir: true, sync: true }));
  return {
    info: (message, fields = {}) => logger.info(fields, message),
    error: (message, fields = {}) => logger.error(fields, message),
  };
}
