// @ts-check

/** Keeps the screen on: a phone that sleeps finds no position. Where it cannot be had, nothing happens. */
export class WakeLock {
  /** @type {WakeLockSentinel | null} */
  #lock = null;
  #isWanted = false;

  constructor() {
    // The browser takes it back whenever the page is hidden.
    document.addEventListener("visibilitychange", () => {
      if (this.#isWanted && document.visibilityState === "visible") void this.#take();
    });
  }

  hold() {
    this.#isWanted = true;
    void this.#take();
  }

  release() {
    this.#isWanted = false;
    void this.#lock?.release();
    this.#lock = null;
  }

  async #take() {
    if (!("wakeLock" in navigator)) return;
    try {
      const lock = await navigator.wakeLock.request("screen");
      if (this.#isWanted) this.#lock = lock;
      else await lock.release();
    } catch (error) {
      // Refused, as with a low battery: the page works without.
      if (!(error instanceof DOMException)) throw error;
    }
  }
}
