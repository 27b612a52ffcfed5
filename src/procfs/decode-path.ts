/**
 * Turns a path out of a kernel file that was read as latin1 into the string that Node's file functions take, which is the
 * same bytes read as UTF-8. (A path that is not UTF-8 is not found then, as if it had no name.)
 */
export function decodePath(latin1: string): string {
  for (let index = 0; index < latin1.length; index++) {
    if (latin1.charCodeAt(index) >= 0x80) return Buffer.from(latin1, 'latin1').toString('utf8');
  }
  return latin1;
}
