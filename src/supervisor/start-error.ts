/** Why a start cannot go on. */
export type StartErrorKind =
  | 'not-root'
  | 'no-fuse-device'
  | 'too-few-descriptors'
  | 'runtime-directory'
  | 'pid-file'
  | 'pid-file-locked'
  | 'mount-point-missing'
  | 'mount-point-not-directory'
  | 'mount-point-in-use'
  | 'mount-point-hung'
  | 'mount-failed';

/** A start that cannot go on: what was expected and what was found, and what to do about it. Exit status 1. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly kind: StartErrorKind;
  readonly cure: string;

  constructor(kind: StartErrorKind, problem: string, cure: string, options?: ErrorOptions) {
    super(`${problem}: ${cure}`, options);
    this.kind = kind;
    this.cure = cure;
  }
}
