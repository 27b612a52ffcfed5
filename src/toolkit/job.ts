import type { FileReading } from './file-reading.ts';
import type { NamespaceMember } from './find-containers.ts';
import type { NamespaceReport } from './namespace-jobs.ts';
import type { LiveLxcfs } from './overlay.ts';

/** Work that may get stuck in the kernel, so that an agent does it: a process that can be given up. */
export type Job =
  | { readonly kind: 'remount'; readonly member: NamespaceMember; readonly lxcfs: LiveLxcfs }
  | { readonly kind: 'umount'; readonly member: NamespaceMember }
  | { readonly kind: 'read'; readonly paths: readonly string[]; readonly member?: NamespaceMember };

/** What an agent answers; `gone`: the process whose namespace it was has ended. */
export type JobResult =
  | { readonly kind: 'report'; readonly report: NamespaceReport }
  | { readonly kind: 'readings'; readonly readings: readonly FileReading[] }
  | { readonly kind: 'gone' }
  | { readonly kind: 'failed'; readonly message: string };
