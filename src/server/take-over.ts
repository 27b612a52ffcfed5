import type { Channel } from '../fuse/channel.ts';
import { interruptedReply } from '../fuse/reply.ts';
import type { Request } from '../fuse/request.ts';
import { type Journal, readJournals, removeJournals } from './journal.ts';

/** How far beyond the last request that a dead thread wrote down the ones may lie that it and others took. */
const REACH_AHEAD = 512n;

/** How far behind it the one may lie that a thread took, and did not get to write down while others went on. */
const REACH_BACK = 4_096n;

/** The kernel's number of FUSE_INIT, before which there is none. */
const FIRST_NUMBER = 2n;

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
 * this server takes a request; what it needs is there until it is done, for this server may be killed in the middle of it.
 */
export function takeOver(
  stateDirectory: string,
  journal: Journal,
  channel: Channel,
  answer: (request: Request) => void,
): TakenOver {
  const { unanswered, lastSeen } = readJournals(stateDirectory, process.pid);
  unanswered.forEach(answer);
  const highest = lastSeen ?? FIRST_NUMBER;
  const first = highest > REACH_BACK ? highest - REACH_BACK : FIRST_NUMBER;
  let interrupted = 0;
  const last = highest + REACH_AHEAD;
  // Numbers of requests are even; odd ones are those of interrupts. The last ones first, which are the likeliest.
  for (let unique = last - (last % 2n); unique >= first; unique -= 2n) {
    const buffer = interruptedReply(unique);
    if (channel.send({ buffer, length: buffer.length })) interrupted++;
  }
  journal.startAt(highest);
  removeJournals(stateDirectory, process.pid);
  return { answered: unanswered.length, interrupted };
}
