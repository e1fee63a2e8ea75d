// @ts-check
import { distanceM } from "./geography.js";
import { WakeLock } from "./wake-lock.js";

/** @typedef {import("./types.js").Point} Point */
/** @typedef {"off" | "looking" | "on" | "denied" | "unavailable" | "unsupported"} SharingState */

const FAR_M = 10;
const LONG_MS = 5_000;
/** A phone that does not move may say nothing; those who follow it must not think that it is lost. */
const STILL_MS = 25_000;
/** A point that may be anywhere in the city helps nobody. */
const VAGUE_M = 2_000;
const FIX = { enableHighAccuracy: true, maximumAge: 2_000, timeout: 30_000 };

/** Watches where the phone is, and passes on what is new. */
export class PositionSharing {
  /** @type {SharingState} */
  #state = "off";
  #onChange;
  #onPoint;
  #serverTime;
  #wakeLock = new WakeLock();
  /** @type {number | undefined} */
  #watch;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #still;
  /** @type {{ lat: number, lng: number, at: number } | null} */
  #last = null;

  /**
   * @param {object} options
   * @param {(point: Point) => void} options.onPoint
   * @param {() => void} options.onChange
   * @param {(now: number) => number} options.serverTime Phones' clocks are wrong more often than servers'.
   */
  constructor({ onPoint, onChange, serverTime }) {
    this.#onPoint = onPoint;
    this.#onChange = onChange;
    this.#serverTime = serverTime;
  }

  get state() {
    return this.#state;
  }

  /** Whether the switch is on, be there a position or not. */
  get isOn() {
    return this.#watch !== undefined;
  }

  start() {
    if (this.isOn) return;
    if (!("geolocation" in navigator)) return this.#become("unsupported");
    this.#become("looking");
    this.#watch = navigator.geolocation.watchPosition(
      (position) => this.#take(position),
      (error) => this.#fail(error),
      FIX,
    );
    this.#still = setInterval(() => this.#askAgain(), STILL_MS / 5);
    this.#wakeLock.hold();
  }

  stop() {
    this.#end();
    this.#become("off");
  }

  /** @param {GeolocationPosition} position */
  #take({ coords, timestamp }) {
    if (!this.isOn || coords.accuracy > VAGUE_M) return;
    if (this.#state !== "on") this.#become("on");
    const { latitude: lat, longitude: lng } = coords;
    const now = Date.now();
    if (this.#last !== null) {
      const isFar = distanceM(this.#last, { lat, lng }) >= FAR_M;
      if (!isFar && now - this.#last.at < LONG_MS) return;
    }
    this.#last = { lat, lng, at: now };
    // Some phones count these from another year than 1970.
    const taken = Math.abs(now - timestamp) < 60_000 ? timestamp : now;
    this.#onPoint({
      lat,
      lng,
      recorded_at: new Date(this.#serverTime(taken)).toISOString(),
      ...measure("accuracy_m", coords.accuracy),
      ...measure("heading", coords.heading),
      ...measure("speed_mps", coords.speed),
    });
  }

  /** @param {GeolocationPositionError} error */
  #fail(error) {
    if (!this.isOn) return;
    if (error.code === error.PERMISSION_DENIED) {
      this.#end();
      return this.#become("denied");
    }
    // The watch goes on: a tunnel ends.
    this.#become("unavailable");
  }

  #askAgain() {
    if (Date.now() - (this.#last?.at ?? 0) < STILL_MS) return;
    navigator.geolocation.getCurrentPosition(
      (position) => this.#take(position),
      () => {},
      FIX,
    );
  }

  #end() {
    if (this.#watch !== undefined) navigator.geolocation.clearWatch(this.#watch);
    this.#watch = undefined;
    clearInterval(this.#still);
    this.#last = null;
    this.#wakeLock.release();
  }

  /** @param {SharingState} state */
  #become(state) {
    this.#state = state;
    this.#onChange();
  }
}

/**
 * A field, unless the phone does not know it.
 * @param {"accuracy_m" | "heading" | "speed_mps"} name
 * @param {number | null} value
 */
function measure(name, value) {
  return value === null || !Number.isFinite(value) || value < 0 ? {} : { [name]: value };
}
