import type { Channel } from '../fuse/channel.ts';
import { interruptedReply } from '../fuse/reply.ts';
import type { Request } from '../fuse/request.ts';
import { takeJournals } from './journal.ts';

/** How far beyond the last request that a dead thread wrote down the ones may lie that it and others took. */
const REACH = 512n;

/** What became of the requests that dead servers had taken. */
export interface TakenOver {
  readonly answered: number;
  readonly interrupted: number;
}

/**
 * Ends every request that earlier servers took and did not answer, where the kernel cannot send them again: those in their
 * journals are carried out. One that was taken but not written down yet when its server was killed cannot be known; but the
 * kernel numbers requests in order, so all that may be are answered EINTR, on which well-behaved readers try again. The
 * kernel refuses that for numbers that nobody waits for, or that are still in its queue. To be done before any thread of
 * this server takes a request.
 */
export function takeOver(
  stateDirectory: string,
  channel: Channel,
  answer: (request: Request) => void,
): TakenOver {
  const { unanswered, lastSeen } = takeJournals(stateDirectory, process.pid);
  unanswered.forEach(answer);
  let interrupted = 0;
  if (lastSeen !== undefined) {
    for (let unique = lastSeen.lowest; unique <= lastSeen.highest + REACH; unique++) {
      const buffer = interruptedReply(unique);
      if (channel.send({ buffer, length: buffer.length })) interrupted++;
    }
  }
  return { answered: unanswered.length, interrupted };
}
