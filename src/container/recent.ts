/** How a {@link Recent} treats its values. */
export interface Rules<Value> {
  /** Number of entries beyond which the oldest is let go. */
  readonly limit: number;
  /** Whether what the value stands for still exists. */
  readonly isAlive: (value: Value) => boolean;
  readonly letGo: (value: Value) => void;
}

/** Below this size nothing is looked through for the dead. */
const SMALL = 32;
/** How many of the oldest entries are looked at when one is added: more than one, so that the dead become fewer. */
const LOOKED_AT = 2;

/** A bounded map of things that end without notice (processes): adding one looks whether the oldest still live. */
export class Recent<Key, Value> {
  readonly #entries = new Map<Key, Value>();
  readonly #rules: Rules<Value>;

  constructor(rules: Rules<Value>) {
    this.#rules = rules;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key);
  }

  set(key: Key, value: Value): void {
    this.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > SMALL) this.#lookAtOldest();
    if (this.#entries.size > this.#rules.limit) {
      for (const oldest of this.#entries.keys()) return this.delete(oldest);
    }
  }

  delete(key: Key): void {
    const value = this.#entries.get(key);
    if (value === undefined) return;
    this.#entries.delete(key);
    this.#rules.letGo(value);
  }

  clear(): void {
    for (const key of this.#entries.keys()) this.delete(key);
  }

  /** A Map keeps the order of insertion: an entry that is alive goes to the end, to be looked at again later. */
  #lookAtOldest(): void {
    let count = 0;
    for (const [key, value] of this.#entries) {
      if (count++ === LOOKED_AT) return;
      if (this.#rules.isAlive(value)) {
        this.#entries.delete(key);
        this.#entries.set(key, value);
      } else {
        this.delete(key);
      }
    }
  }
}
