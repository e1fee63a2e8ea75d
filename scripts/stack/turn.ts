import { setImmediate } from "node:timers";

// A few small calls; PGlite works in this thread.
const PAUSE_AFTER_MS = 4;

/**
 * Lets one caller in at a time, in order of arrival. PGlite has one session: two requests inside it at
 * once share a transaction, and the second's `set local role` becomes the first one's role.
 */
export class Turn {
  #last: Promise<void> = Promise.resolve();
  #pausedAt = 0;

  /** Waits for the turn; the caller must call what it gets, once, to pass the turn on. */
  async take(): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const previous = this.#last;
    this.#last = promise;
    await previous;
    await this.#pause();
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

  /**
   * Now and then, lets what came of the turns before be sent. Otherwise all that there is to do would be done
   * first: the answers that are ready, and Realtime's messages, would wait for it.
   */
  async #pause(): Promise<void> {
    if (performance.now() - this.#pausedAt < PAUSE_AFTER_MS) return;
    await new Promise<void>((resume) => setImmediate(resume));
    this.#pausedAt = performance.now();
  }
}
