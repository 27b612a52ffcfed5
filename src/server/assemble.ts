import { detectCgroupLayout } from '../cgroup/layout.ts';
import { Callers } from '../container/callers.ts';
import { Contents } from '../filesystem/contents.ts';
import { RequestError } from '../fuse/errno.ts';
import { FileSystem } from '../filesystem/file-system.ts';
import { MirrorIds } from '../filesystem/mirror-ids.ts';
import { Mirror } from '../filesystem/mirror.ts';
import { FIXED_NODES } from '../filesystem/nodes.ts';
import { OpenFiles } from '../filesystem/open-files.ts';
import { Tree } from '../filesystem/tree.ts';
import { HostFiles } from '../procfs/host-files.ts';
import { DescriptorPool } from '../procfs/kernel-file.ts';
import { visibleCpus } from '../views/sys/devices/system/cpu/cpu-lists.ts';
import { views } from '../views/views.ts';
import type { Control } from './control.ts';
import type { ReaderData } from './reader.ts';
import { nodesPath, openFilesPath } from './state-files.ts';

const HOST_ROOT = '';

/** What is to be told of requests that do not go as they should. */
export interface Complaints {
  /** The host's file is shown since the container's could not be rendered. */
  readonly onFailure: (path: string, error: unknown) => void;
  /** A kernel file took long to read. */
  readonly onSlow: (path: string, millis: number) => void;
}

/**
 * Puts together the file system of one thread, and for a trial renders every file once, for the server itself: a version
 * that cannot do that must not get to serve. Throws what went wrong.
 */
export function assemble(
  { config, slotTable, maxDescriptors, isTrial }: ReaderData,
  control: Control,
  { onFailure, onSlow }: Complaints,
): FileSystem {
  const pool = new DescriptorPool(maxDescriptors, onSlow);
  const mirror = new Mirror(HOST_ROOT);
  let onRenderFailure = failTrial;
  const contents = new Contents({
    callers: new Callers(HOST_ROOT, detectCgroupLayout(HOST_ROOT), pool),
    host: new HostFiles(HOST_ROOT, pool),
    mirror,
    options: config.view,
    stateDirectory: config.stateDirectory,
    views,
    containerCpus: visibleCpus,
    hostView: () => control.hostView,
    onFailure: (path, error) => onRenderFailure(path, error),
  });
  const tree = new Tree(HOST_ROOT, new MirrorIds(nodesPath(config.stateDirectory)));
  for (const node of isTrial ? FIXED_NODES : []) {
    if (node.kind === 'view' && tree.fixedAt(node.path))
      tryText(node.path, () => contents.textOf(node, process.pid));
  }
  onRenderFailure = onFailure;
  return new FileSystem({
    tree,
    mirror,
    contents,
    openFiles: new OpenFiles(openFilesPath(config.stateDirectory), slotTable),
  });
}

function failTrial(path: string, error: unknown): void {
  throw new Error(`trial rendering of ${path} failed`, { cause: error });
}

/** A file that the host itself cannot read says nothing about this version. */
function tryText(path: string, render: () => string): void {
  try {
    assertText(path, render());
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
  }
}

/** Every file ends in a newline, and none holds a number that does not exist. */
function assertText(path: string, text: string): void {
  const nonsense = /NaN|undefined|Infinity|-\d+ kB/.exec(text)?.[0];
  if (nonsense !== undefined) throw new Error(`trial rendering of ${path} shows ${nonsense}`);
  if (text !== '' && !text.endsWith('\n'))
    throw new Error(`trial rendering of ${path} does not end in a newline`);
}
