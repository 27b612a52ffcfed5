/** A command line that cannot be understood; the message is one line that names what was wrong. Exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
