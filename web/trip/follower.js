// @ts-check
import { ApiError, openLink } from "./api.js";
import { backoffMs } from "../shared/backoff.js";
import { RealtimeChannel } from "../shared/realtime.js";

/** @typedef {import("./types.js").OpenedRide} OpenedRide */

/**
 * Who is told what the follower learns.
 * @typedef {object} Listener
 * @property {(opened: OpenedRide) => boolean} opened The whole ride, as it is now; answers whether it goes on.
 * @property {(event: string, payload: unknown) => void} event Something that happened just now.
 * @property {() => void} connection `isReachable` or `isLive` may have changed.
 * @property {(code: string) => void} gone The link is of no use: nothing more will be told.
 */

/** How often to ask when nothing is pushed. */
const POLL_MS = 5_000;
/** How often to ask all the same: a link may have been taken back. */
const CHECK_MS = 60_000;
/** For a page that nobody looks at, and for a phone that says it is offline: some say so without being it. */
const RARELY_MS = 30_000;
/** How long before its end a token is replaced. */
const RENEW_MS = 60_000;

/** Keeps up with a ride for as long as it lasts: by Realtime, and by asking where that cannot be had. */
export class Follower {
  #token;
  /** @type {Listener} */
  #listener;
  /** @type {RealtimeChannel} */
  #channel;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #expiresAt = Infinity;
  #failures = 0;
  #isAsking = false;
  /** Whether something has happened since the question that is not answered yet. */
  #isOutdated = false;
  #isStopped = false;
  /** Takes back what was listened to. */
  #deaf = new AbortController();

  /**
   * @param {string} token
   * @param {Listener} listener
   */
  constructor(token, listener) {
    this.#token = token;
    this.#listener = listener;
    this.#channel = new RealtimeChannel({
      // What happened before the channel was open is asked for.
      joined: () => void this.refresh(),
      lost: () => void this.refresh(),
      refused: () => this.#askLater(POLL_MS),
      event: (event, payload) => listener.event(event, payload),
    });
  }

  /** Whether the last question had an answer. */
  get isReachable() {
    return this.#failures === 0;
  }

  /** Whether things are told as they happen. */
  get isLive() {
    return this.#channel.isJoined;
  }

  /** Begins. */
  start() {
    const { signal } = this.#deaf;
    addEventListener("online", () => this.#wake(), { signal });
    addEventListener("offline", () => this.#sleep(), { signal });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") void this.refresh();
    }, { signal });
    void this.refresh();
  }

  /** Ends everything. */
  stop() {
    this.#isStopped = true;
    this.#deaf.abort();
    clearTimeout(this.#timer);
    this.#channel.close();
  }

  /** Asks for the whole ride. */
  async refresh() {
    if (this.#isStopped) return;
    if (this.#isAsking) {
      this.#isOutdated = true;
      return;
    }
    this.#isAsking = true;
    this.#isOutdated = false;
    clearTimeout(this.#timer);
    try {
      const opened = await openLink(this.#token);
      this.#failures = 0;
      if (!this.#isStopped) this.#take(opened);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#failTo(error);
    } finally {
      this.#isAsking = false;
    }
    if (this.#isOutdated) await this.refresh();
  }

  /** @param {OpenedRide} opened */
  #take(opened) {
    const goesOn = this.#listener.opened(opened);
    this.#listener.connection();
    if (!goesOn) return this.stop();
    const { realtime } = opened;
    if (realtime === null) this.#channel.close();
    else {
      this.#expiresAt = Date.now() + Date.parse(realtime.expires_at) - Date.parse(opened.now);
      this.#channel.use(realtime);
    }
    this.#askLater(this.#pauseMs());
  }

  /** @param {ApiError} error */
  #failTo(error) {
    if (this.#isStopped) return;
    if (error.isGone) {
      this.stop();
      return this.#listener.gone(error.code);
    }
    this.#failures++;
    this.#askLater(
      navigator.onLine === false
        ? RARELY_MS
        : Math.max(backoffMs(this.#failures), error.retryAfterS * 1000),
    );
  }

  #pauseMs() {
    if (!this.isLive) return document.visibilityState === "visible" ? POLL_MS : RARELY_MS;
    return Math.max(POLL_MS, Math.min(CHECK_MS, this.#expiresAt - RENEW_MS - Date.now()));
  }

  /** @param {number} pauseMs */
  #askLater(pauseMs) {
    this.#listener.connection();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.refresh(), pauseMs);
  }

  #wake() {
    this.#channel.reconnect();
    void this.refresh();
  }

  #sleep() {
    this.#channel.suspend();
    this.#askLater(RARELY_MS);
  }
}
