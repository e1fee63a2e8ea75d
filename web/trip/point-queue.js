// @ts-check
import { ApiError, sendPositions } from "./api.js";
import { backoffMs } from "../shared/backoff.js";

/** @typedef {import("./types.js").Point} Point */

/** What a phone keeps while it is offline: 40 minutes at a point every 5 s. */
const MOST_KEPT = 500;
/** As many as the API takes at once. */
const MOST_SENT = 100;
/** With so many, nothing is waited for. */
const FULL = 20;
/** Those who wait see the driver this much later. */
const PAUSE_MS = 5_000;
/** For a phone that says it is offline: some say so without being it. */
const RARELY_MS = 30_000;

/**
 * Who is told how the sending goes.
 * @typedef {object} Listener
 * @property {() => void} changed `size` has changed.
 * @property {(error: ApiError) => void} refused The link is of no use, or not for this: nothing more is sent.
 */

/** Points on their way to the server, kept over a reload and while the phone is offline. */
export class PointQueue {
  #token;
  #key;
  /** @type {Listener} */
  #listener;
  /** @type {Point[]} */
  #points;
  #failures = 0;
  #isSending = false;
  #isRefused = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {string} token
   * @param {{ name: string, listener: Listener }} options The name is that of what is kept.
   */
  constructor(token, { name, listener }) {
    this.#token = token;
    this.#key = `trip-points:${name}`;
    this.#listener = listener;
    this.#points = this.#load();
    addEventListener("online", () => this.#resume());
    addEventListener("offline", () => this.#later(RARELY_MS));
    // A page that is put away may not come back.
    addEventListener("pagehide", () => void this.#send());
    if (this.#points.length > 0) this.#later(0);
  }

  /** How many points wait. */
  get size() {
    return this.#points.length;
  }

  /** @param {Point} point */
  add(point) {
    if (this.#isRefused) return;
    this.#points.push(point);
    if (this.#points.length > MOST_KEPT) this.#points.shift();
    this.#keep();
    if (this.#points.length >= FULL && this.#failures === 0 && isOnline()) void this.#send();
    else if (this.#timer === undefined) this.#later(PAUSE_MS);
  }

  /** Forgets everything: the ride is over. */
  clear() {
    clearTimeout(this.#timer);
    this.#isRefused = true;
    this.#points = [];
    this.#keep();
  }

  async #send() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#isSending || this.#points.length === 0) return;
    this.#isSending = true;
    const batch = this.#points.slice(0, MOST_SENT);
    try {
      await sendPositions(this.#token, batch);
      this.#failures = 0;
      this.#remove(batch);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#failTo(error, batch);
    } finally {
      this.#isSending = false;
    }
    if (this.#points.length > 0 && this.#timer === undefined) {
      this.#later(this.#points.length >= FULL ? 0 : PAUSE_MS);
    }
  }

  /**
   * @param {ApiError} error
   * @param {Point[]} batch
   */
  #failTo(error, batch) {
    if (error.isGone || error.status === 403) {
      this.clear();
      return this.#listener.refused(error);
    }
    // What the server cannot read now it will never read.
    if (error.status === 400 || error.status === 413 || error.status === 422) {
      return this.#remove(batch);
    }
    this.#failures++;
    this.#later(Math.max(backoffMs(this.#failures), error.retryAfterS * 1000));
  }

  #resume() {
    this.#failures = 0;
    void this.#send();
  }

  /** @param {number} pauseMs */
  #later(pauseMs) {
    clearTimeout(this.#timer);
    const pause = isOnline() ? pauseMs : Math.max(pauseMs, RARELY_MS);
    this.#timer = setTimeout(() => void this.#send(), pause);
  }

  /** @param {Point[]} batch */
  #remove(batch) {
    this.#points = this.#points.filter((point) => !batch.includes(point));
    this.#keep();
  }

  #keep() {
    try {
      if (this.#points.length === 0) localStorage.removeItem(this.#key);
      else localStorage.setItem(this.#key, JSON.stringify(this.#points));
    } catch {
      // A full or forbidden storage: they are kept for as long as the page is open.
    }
    this.#listener.changed();
  }

  /** @returns {Point[]} */
  #load() {
    try {
      /** @type {unknown} */
      const kept = JSON.parse(localStorage.getItem(this.#key) ?? "[]");
      return Array.isArray(kept) ? kept.filter(isPoint).slice(-MOST_KEPT) : [];
    } catch {
      return [];
    }
  }
}

/** Deno, where this is tested, has no such thing. */
function isOnline() {
  return navigator.onLine !== false;
}

/**
 * @param {unknown} value
 * @returns {value is Point}
 */
function isPoint(value) {
  return typeof value === "object" && value !== null && "lat" in value && "lng" in value &&
    "recorded_at" in value && typeof value.lat === "number" && typeof value.lng === "number" &&
    typeof value.recorded_at === "string";
}
