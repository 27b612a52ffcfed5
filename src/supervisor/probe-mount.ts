import { runCommand } from './run-command.ts';

/** A mount whose daemon answers, or is gone (ENOTCONN, ECONNABORTED), or is there but says nothing in time. */
export type FuseMountState = 'answers' | 'dead' | 'hung';

/** Looks at a FUSE mount from a child process, so that a mount that hangs takes only that child along. */
export async function probeFuseMount(path: string, limitMillis: number): Promise<FuseMountState> {
  const result = await runCommand('stat', ['-f', path], limitMillis);
  if (result.kind !== 'exited') return 'hung';
  if (result.status === 0) return 'answers';
  return DEAD.test(result.stderr) ? 'dead' : 'answers'; // an error is an answer, too
}

/** ENOTCONN and ECONNABORTED in the words of glibc and of musl. */
const DEAD =
  /Transport endpoint is not connected|Socket not connected|Software caused connection abort|Connection aborted/;
