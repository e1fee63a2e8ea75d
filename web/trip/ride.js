// @ts-check
import { compassPoint, distanceM } from "./geography.js";

/** @typedef {import("./types.js").OpenedRide} OpenedRide */
/** @typedef {import("./types.js").Place} Place */
/** @typedef {import("./types.js").Position} Position */

/** Without a point for so long, the driver's signal is lost. */
export const LOST_AFTER_S = 60;
const UNDER_WAY = ["pending", "accepted", "driver_arrived", "in_progress"];
/** Nearer than this, what the server said of the way there cannot be scaled. */
const NEAR_M = 50;

/**
 * The way that is left.
 * @typedef {object} WayLeft
 * @property {"pickup" | "dropoff"} to
 * @property {number} metres On the road, about.
 * @property {number} seconds From now on, at least 0.
 * @property {string} direction Of the compass, as the crow flies: "n", "ne" and so on.
 */

/** A ride as it was last heard of. Moments are milliseconds since 1970 by the clock of this device. */
export class Ride {
  /** @type {OpenedRide} */
  #opened;
  /** @type {Position | null} */
  #position = null;
  /** When the newest position was recorded that the server has, ISO 8601. @type {string | null} */
  #heardAt = null;
  #status = "";
  /** What the server's clock is ahead of this one. */
  #aheadMs = 0;
  /** What the server said of the way, from where. @type {{ to: string, air: number, metres: number, seconds: number } | null} */
  #estimate = null;

  /**
   * @param {OpenedRide} opened
   * @param {number} now
   */
  constructor(opened, now) {
    this.#opened = opened;
    this.update(opened, now);
  }

  /**
   * Takes what the server says of the whole ride.
   * @param {OpenedRide} opened
   * @param {number} now
   */
  update(opened, now) {
    this.#opened = opened;
    this.#status = opened.match.status;
    this.#aheadMs = Date.parse(opened.now) - now;
    const { driver_position: seen } = opened;
    if (seen === null) return;
    this.#estimateFrom(seen);
    this.move({ ...seen, recorded_at: seen.position_at });
  }

  /**
   * Takes a position that the server has; it is where the driver is, unless a newer one is known.
   * @param {Position} position
   */
  move(position) {
    if (isNewer(position.recorded_at, this.#heardAt)) this.#heardAt = position.recorded_at;
    this.show(position);
  }

  /**
   * Takes a position of this phone, which the server may not have yet.
   * @param {Position} position
   */
  show(position) {
    if (isNewer(position.recorded_at, this.#position?.recorded_at ?? null)) {
      this.#position = position;
    }
  }

  /** Takes a change of status, before the server is asked for the rest of it. @param {string} status */
  changeTo(status) {
    this.#status = status;
  }

  get match() {
    return this.#opened.match;
  }

  get viewer() {
    return this.#opened.link.viewer;
  }

  get locale() {
    return this.#opened.link.locale;
  }

  get driver() {
    return this.#opened.driver;
  }

  get passengerName() {
    return this.#opened.passenger_name;
  }

  get status() {
    return this.#status;
  }

  get position() {
    return this.#position;
  }

  get isOver() {
    return !UNDER_WAY.includes(this.#status);
  }

  /** Where the driver is heading, if anywhere. @returns {{ to: "pickup" | "dropoff", place: Place } | null} */
  get target() {
    const { pickup, dropoff } = this.match;
    if (this.#status === "pending" || this.#status === "accepted") {
      return { to: "pickup", place: pickup };
    }
    if (this.#status !== "in_progress" || dropoff === null) return null;
    return { to: "dropoff", place: dropoff };
  }

  /**
   * The moment of the server's clock.
   * @param {number} now
   */
  serverTime(now) {
    return now + this.#aheadMs;
  }

  /**
   * Seconds since the driver was where the others see it; null for never.
   * @param {number} now
   * @returns {number | null}
   */
  ageS(now) {
    return this.#heardAt === null ? null : this.#secondsSince(this.#heardAt, now);
  }

  /**
   * Whether nobody knows where the driver is now.
   * @param {number} now
   */
  isLost(now) {
    return !this.isOver && (this.ageS(now) ?? Infinity) > LOST_AFTER_S;
  }

  /**
   * The way that is left, counting down from the driver's last point; null when that cannot be told.
   * @param {number} now
   * @returns {WayLeft | null}
   */
  wayLeft(now) {
    const { target } = this;
    const position = this.#position;
    const estimate = this.#estimate;
    if (target === null || position === null || estimate?.to !== target.to) return null;
    const { to, place } = target;
    const share = distanceM(position, place) / estimate.air;
    // One who is not heard of does not come nearer.
    const passed = Math.min(this.#secondsSince(position.recorded_at, now), LOST_AFTER_S);
    return {
      to,
      metres: estimate.metres * share,
      seconds: Math.max(0, estimate.seconds * share - passed),
      direction: compassPoint(position, place),
    };
  }

  /**
   * @param {string} moment ISO 8601, by the server's clock.
   * @param {number} now
   */
  #secondsSince(moment, now) {
    return Math.max(0, Math.round((this.serverTime(now) - Date.parse(moment)) / 1000));
  }

  /** @param {Place} from */
  #estimateFrom(from) {
    const { heading_for: to, remaining_m: metres, eta_s: seconds } = this.#opened;
    const { target } = this;
    if (target === null || to !== target.to || metres === null || seconds === null) {
      this.#estimate = null;
      return;
    }
    const air = distanceM(from, target.place);
    if (air < NEAR_M && this.#estimate?.to === to) return;
    this.#estimate = { to, air: Math.max(air, 1), metres, seconds };
  }
}

/**
 * @param {string} moment ISO 8601.
 * @param {string | null} than
 */
function isNewer(moment, than) {
  return than === null || Date.parse(moment) > Date.parse(than);
}
