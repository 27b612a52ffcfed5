import type { FileSystem } from '../filesystem/file-system.ts';
import { IN_HEADER_SIZE, OPEN_OUT_SIZE, Opcode, OUT_HEADER_SIZE } from '../fuse/abi.ts';
import type { Reply } from '../fuse/reply.ts';
import type { Request } from '../fuse/request.ts';
import { readUint64 } from '../fuse/uint64.ts';

/** Carries out and answers a request that a dead server had taken; `answer` says whether anybody waited for it. */
export function answerAgain(
  request: Request,
  reply: Reply,
  fileSystem: Pick<FileSystem, 'keepText' | 'release'>,
  answer: (request: Request) => boolean,
): void {
  const undo = prepareUndo(request, reply, fileSystem);
  if (!answer(request)) undo();
}

/**
 * To be called before a request of a dead server is carried out again. That server may have answered it with its last breath:
 * then nobody waits for the second answer, and carrying it out must leave no trace, which is what the returned function sees
 * to. A reader that already has the beginning of a text must get the rest of that one, and a second handle is nobody's.
 */
export function prepareUndo(
  request: Request,
  reply: Reply,
  fileSystem: Pick<FileSystem, 'keepText' | 'release'>,
): () => void {
  switch (request.opcode) {
    case Opcode.READ:
      return request.length < IN_HEADER_SIZE + 8 ? () => undefined : fileSystem.keepText(request.uint64(0));
    case Opcode.OPEN:
      return () => {
        if (reply.length === OUT_HEADER_SIZE + OPEN_OUT_SIZE)
          fileSystem.release(readUint64(reply.buffer, OUT_HEADER_SIZE));
      };
    default:
      return () => undefined;
  }
}
