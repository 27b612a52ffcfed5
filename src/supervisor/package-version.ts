import { readFileSync } from 'node:fs';

/** Version of this package, `1.0.0`, from its package.json, which lies two directories above both src/cli and dist/cli. */
export function packageVersion(): string {
  const content: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  if (typeof content === 'object' && content !== null && 'version' in content) {
    return String(content.version);
  }
  throw new TypeError('package.json of lxcfs has no version: is the installation complete?');
}
