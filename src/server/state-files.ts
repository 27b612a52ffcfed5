/** The file of open handles and their texts in a state directory; see OpenFiles. */
export function openFilesPath(stateDirectory: string): string {
  return `${stateDirectory}/open-files`;
}
