import { readSync, writeSync } from 'node:fs';
import { REQUEST_BUFFER_BYTES } from './init.ts';
import type { Reply } from './reply.ts';
import { Request } from './request.ts';

/** Where requests come from and replies go: /dev/fuse, or memory in a test. */
export interface Channel {
  /** Waits for the next request, valid until the next call; undefined once the file system is unmounted. */
  receive(): Request | undefined;
  /** Sends a finished message; false where nobody waits for it any more. */
  send(message: Pick<Reply, 'buffer' | 'length'>): boolean;
}

/** The channel over an open /dev/fuse. Waiting blocks the thread, as it is meant to. */
export class DeviceChannel implements Channel {
  readonly #fd: number;
  readonly #buffer = Buffer.alloc(REQUEST_BUFFER_BYTES);

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** Errors other than a request called off or an unmount are thrown: retried, they would come again for ever. */
  receive(): Request | undefined {
    for (;;) {
      try {
        return new Request(this.#buffer, readSync(this.#fd, this.#buffer, 0, REQUEST_BUFFER_BYTES, null));
      } catch (error) {
        if (failedReceive(error) === 'unmounted') return undefined;
      }
    }
  }

  send(message: Pick<Reply, 'buffer' | 'length'>): boolean {
    try {
      writeSync(this.#fd, message.buffer, 0, message.length);
      return true;
    } catch (error) {
      switch (codeOf(error)) {
        case 'ENOENT': // the reader was killed, or another server has answered
        case 'ENODEV':
          return false;
        default:
          throw error;
      }
    }
  }
}

/** What a failed read of /dev/fuse means; throws an error that says neither, since it would come again for ever. */
export function failedReceive(error: unknown): 'again' | 'unmounted' {
  switch (codeOf(error)) {
    case 'ENOENT': // the request was interrupted before it could be read
    case 'EINTR':
    case 'EAGAIN':
      return 'again';
    case 'ENODEV': // unmounted, or aborted through fusectl
      return 'unmounted';
    default:
      throw error;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
