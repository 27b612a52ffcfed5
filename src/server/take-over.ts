import type { Channel } from '../fuse/channel.ts';
import { interruptedReply } from '../fuse/reply.ts';
import type { Request } from '../fuse/request.ts';
import { takeJournals } from './journal.ts';

/** How far beyond the last request that a dead thread wrote down the ones may lie that it and others took. */
const REACH = 512n;

/** How far back to look at most: a thread that was held up for long may have seen its last request long ago. */
const MOST_NUMBERS = 65_536n;

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
    const { lowest, highest } = lastSeen;
    const first = lowest > highest - MOST_NUMBERS ? lowest : highest - MOST_NUMBERS;
    // Numbers of requests are even; odd ones are those of interrupts.
    for (let unique = first - (first % 2n); unique <= highest + REACH; unique += 2n) {
      const buffer = interruptedReply(unique);
      if (channel.send({ buffer, length: buffer.length })) interrupted++;
    }
  }
  return { answered: unanswered.length, interrupted };
}
