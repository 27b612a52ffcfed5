/** What the threads of a server are told by its main thread, which they cannot hear otherwise: they block in read(2). */
export class Control {
  readonly memory: SharedArrayBuffer;
  readonly #cells: Int32Array;

  constructor(memory = new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#cells = new Int32Array(memory);
  }

  /** Lets the threads take requests. */
  go(): void {
    Atomics.store(this.#cells, GO, 1);
    Atomics.notify(this.#cells, GO);
  }

  /** Blocks a thread until {@link go} or {@link stop}. */
  waitForGo(): void {
    Atomics.wait(this.#cells, GO, 0);
  }

  /** Makes each thread end at its next request boundary. */
  stop(): void {
    Atomics.store(this.#cells, STOP, 1);
    this.go();
  }

  get stopping(): boolean {
    return Atomics.load(this.#cells, STOP) === 1;
  }

  get hostView(): boolean {
    return Atomics.load(this.#cells, HOST_VIEW) === 1;
  }

  set hostView(enabled: boolean) {
    Atomics.store(this.#cells, HOST_VIEW, enabled ? 1 : 0);
  }
}

const GO = 0;
const STOP = 1;
const HOST_VIEW = 2;
