import type { Logger } from 'pino';
import { LoadDirectory } from '../load/load-directory.ts';
import { LoadSampler } from '../load/load-sampler.ts';
import { forgetEnded } from './forget-ended.ts';

const FORGET_MILLIS = 60_000;

/** What is to be done beside the serving of files. */
export interface Housekeeping {
  readonly stateDirectory: string;
  readonly enableLoadavg: boolean;
  readonly log: Logger;
}

/** Samples load averages (-l), and once a minute forgets containers that have ended; returns what stops it. */
export function startHousekeeping({ stateDirectory, enableLoadavg, log }: Housekeeping): () => void {
  const sampler = new LoadSampler(new LoadDirectory(stateDirectory, ''), (name, error) =>
    log.debug({ err: error, container: name }, 'load not sampled'),
  );
  if (enableLoadavg) sampler.start();
  const forget = async (): Promise<void> => {
    for (const kind of ['cpu', 'load']) await forgetEnded(`${stateDirectory}/${kind}`, '');
  };
  const timer = setInterval(() => {
    forget().catch((error: unknown) => log.debug({ err: error }, 'ended containers not forgotten'));
  }, FORGET_MILLIS).unref();
  return () => {
    sampler.stop();
    clearInterval(timer);
  };
}
