const GATE = 0;
const STOP = 1;
const HOST_VIEW = 2;
/** Two cells for each thread: since when (ms, 0: idle) and on which node it works. */
const FIRST_THREAD = 3;
const CELLS_PER_THREAD = 2;
/** States of the gate before the threads. */
const CLOSED = 0;
const FIRST_ONLY = 1;
const OPEN = 2;

/**
 * Memory that the threads of a server share. Threads that block in read(2) hear nothing else, and nobody else sees what
 * they are at.
 */
export class Control {
  readonly memory: SharedArrayBuffer;
  readonly #cells: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.#cells = new Int32Array(memory);
  }

  static forThreads(threads: number): Control {
    const cells = FIRST_THREAD + CELLS_PER_THREAD * threads;
    return new Control(new SharedArrayBuffer(cells * Int32Array.BYTES_PER_ELEMENT));
  }

  /** Lets the first thread begin, which lets the others go once it has dealt with what earlier servers left. */
  letFirstGo(): void {
    this.#setGate(FIRST_ONLY);
  }

  letAllGo(): void {
    this.#setGate(OPEN);
  }

  /** Whether all threads may take requests. */
  get open(): boolean {
    return Atomics.load(this.#cells, GATE) === OPEN;
  }

  /** Blocks a thread until it may go. */
  waitForGo(thread: number): void {
    Atomics.wait(this.#cells, GATE, CLOSED);
    if (thread !== 0) Atomics.wait(this.#cells, GATE, FIRST_ONLY);
  }

  /** Makes each thread end at its next request boundary. */
  stop(): void {
    Atomics.store(this.#cells, STOP, 1);
    this.letAllGo();
  }

  #setGate(state: number): void {
    Atomics.store(this.#cells, GATE, state);
    Atomics.notify(this.#cells, GATE);
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

  /** Notes that a thread begins to work on a request for a node. */
  enter(thread: number, nodeId: number): void {
    const cell = FIRST_THREAD + CELLS_PER_THREAD * thread;
    this.#cells[cell + 1] = nodeId;
    Atomics.store(this.#cells, cell, nowMillis());
  }

  leave(thread: number): void {
    Atomics.store(this.#cells, FIRST_THREAD + CELLS_PER_THREAD * thread, 0);
  }

  /** For how many milliseconds a thread has been at its request, and on which node; undefined when it is idle. */
  workOf(thread: number): { readonly millis: number; readonly node: number } | undefined {
    const cell = FIRST_THREAD + CELLS_PER_THREAD * thread;
    const since = Atomics.load(this.#cells, cell);
    return since === 0 ? undefined : { millis: (nowMillis() - since) | 0, node: this.#cells[cell + 1] ?? 0 };
  }
}

/** Milliseconds of the clock that all threads share, cut to 32 bits: differences below 24 days are right; never 0. */
function nowMillis(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return (seconds * 1000 + nanoseconds / 1e6) | 1;
}
