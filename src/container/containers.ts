import type { Container } from './container.ts';
import { Recent, type Rules } from './recent.ts';

/** Cgroups that readers of one pid namespace are in. */
const MAX_CONTAINERS = 256;

const RULES: Rules<Container> = {
  limit: MAX_CONTAINERS,
  isAlive: () => true, // ends with its init; the limit bounds the rest
  letGo: (container) => container.cgroup.close(),
};

/**
 * The containers of one pid namespace, by text of the cgroups that count: one as a rule, for which a map would be large, several
 * where containers share the namespace.
 */
export class Containers {
  #firstText = '';
  #first: Container | undefined;
  #others: Recent<string, Container> | undefined;

  get(text: string): Container | undefined {
    return text === this.#firstText ? this.#first : this.#others?.get(text);
  }

  set(text: string, container: Container): void {
    if (this.#first === undefined) {
      this.#firstText = text;
      this.#first = container;
    } else {
      this.#others ??= new Recent(RULES);
      this.#others.set(text, container);
    }
  }

  clear(): void {
    this.#first?.cgroup.close();
    this.#first = undefined;
    this.#others?.clear();
  }
}
