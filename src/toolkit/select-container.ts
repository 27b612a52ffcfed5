import type { FoundContainer } from './find-containers.ts';

/** An id that fits no running container, or several; `candidates` are the ids that it may have meant. */
export class ContainerIdError extends Error {
  readonly candidates: readonly string[];

  constructor(message: string, candidates: readonly string[]) {
    super(message);
    this.name = 'ContainerIdError';
    this.candidates = candidates;
  }
}

/** The one container whose id is `id`, or starts with it; an exact match counts before prefixes. */
export function selectContainer(containers: readonly FoundContainer[], id: string): FoundContainer {
  const exact = containers.filter((container) => container.id === id);
  const matches =
    exact.length > 0 || id === '' ? exact : containers.filter((container) => container.id.startsWith(id));
  const [match] = matches;
  if (match !== undefined && matches.length === 1) return match;
  if (match !== undefined) {
    const ids = matches.map(describe);
    throw new ContainerIdError(`container id ${id} is ambiguous: it may be ${ids.join(' or ')}`, ids);
  }
  const ids = containers.map(describe);
  const running = ids.length === 0 ? 'no container is running' : `running are ${ids.join(', ')}`;
  throw new ContainerIdError(
    `no running container has an id that is or starts with ${JSON.stringify(id)}; ${running}`,
    ids,
  );
}

function describe({ id, engine, pid }: FoundContainer): string {
  return `${id} (${engine}, pid ${pid})`;
}
