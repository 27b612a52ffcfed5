/** Does pieces of work in the order in which they come, each after the end, good or bad, of the one before. */
export class OneAtATime {
  #last: Promise<unknown> = Promise.resolve();

  async do(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    await done;
  }
}
