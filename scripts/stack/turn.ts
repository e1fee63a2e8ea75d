/**
 * Lets one caller in at a time, in order of arrival. PGlite has one session: two requests inside it at
 * once share a transaction, and the second's `set local role` becomes the first one's role.
 */
export class Turn {
  #last: Promise<void> = Promise.resolve();

  /** Waits for the turn; the caller must call what it gets, once, to pass the turn on. */
  async take(): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const previous = this.#last;
    this.#last = promise;
    await previous;
    return resolve;
  }

  /** Runs `work` in its own turn. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const leave = await this.take();
    try {
      return await work();
    } finally {
      leave();
    }
  }
}
