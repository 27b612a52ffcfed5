import { type FoundContainer } from './find-containers.ts';
import { readMountNamespace, readProcess } from './process-record.ts';
import { ContainerIdError } from './select-container.ts';

/** The container that a process belongs to, as a container of that one namespace; the engine is told where it is known. */
export function containerOfPid(pid: number, containers: readonly FoundContainer[]): FoundContainer {
  const record = readProcess('/proc', pid);
  if (record === undefined)
    throw new ContainerIdError(`no process ${pid}, or none that may be looked into`, []);
  const { mountNamespace, startTicks } = record;
  const container = containers.find(({ namespaces }) =>
    namespaces.some((namespace) => namespace.mountNamespace === mountNamespace),
  );
  const member = { mountNamespace, pid, startTicks };
  if (container !== undefined) return { ...container, pid, namespaces: [member] };
  if (['self', '1'].some((host) => readMountNamespace('/proc', host) === mountNamespace)) {
    throw new ContainerIdError(
      `process ${pid} is in the mount namespace of the host, not in a container`,
      [],
    );
  }
  return { id: `pid-${pid}`, engine: 'other', pid, namespaces: [member] };
}
