// @ts-check

/** @typedef {import("./types.js").LiveRide} LiveRide */
/** @typedef {import("./types.js").WaitingTrip} WaitingTrip */

/**
 * Why somebody should have a look; the higher the rank, the sooner.
 * @typedef {{ rank: 1 | 2 | 3, text: string }} Concern
 */

/** Minutes after which each state is unusual, by what people in Kigali wait for a moto. */
const LONG_MIN = { accepted: 20, driver_arrived: 10, in_progress: 90 };
const SILENT_MIN = 5;
const WAIT_MIN = { long: 5, too_long: 10 };

/**
 * What is wrong with a ride; null when all is well.
 * @param {LiveRide} ride
 * @param {number} nowMs
 * @returns {Concern | null}
 */
export function rideConcern(ride, nowMs) {
  if (ride.is_sos) return { rank: 3, text: "Called for help" };
  if (ride.status === "pending") {
    return Date.parse(ride.respond_by) < nowMs
      ? { rank: 1, text: "Nobody answered in time" }
      : null;
  }
  const silent = ride.driver_position === null
    ? Infinity
    : minutesSince(ride.driver_position.position_at, nowMs);
  if (silent === Infinity) return { rank: 2, text: "No position of the driver" };
  const long = minutesSince(ride.updated_at, nowMs);
  if (long >= LONG_MIN[ride.status]) return { rank: 2, text: LONG_TEXT[ride.status] };
  // Who shares no position was last seen at the place typed in the chat.
  if (silent >= SILENT_MIN && ride.status !== "driver_arrived") {
    return { rank: 1, text: `Driver silent for ${silent} min` };
  }
  return null;
}

const LONG_TEXT = {
  accepted: "On the way for very long",
  driver_arrived: "At the pickup for very long",
  in_progress: "Riding for very long",
};

/**
 * What is wrong for a passenger who waits; null when all is well.
 * @param {WaitingTrip} trip
 * @returns {Concern | null}
 */
export function waitConcern({ wait_s, dispatch }) {
  const minutes = Math.floor(wait_s / 60);
  if (minutes >= WAIT_MIN.too_long) return { rank: 2, text: `Waiting for ${minutes} min` };
  if (minutes >= WAIT_MIN.long) {
    return {
      rank: 1,
      text: dispatch === null ? "Waits, and nobody searches" : `Waiting for ${minutes} min`,
    };
  }
  return null;
}

/**
 * @param {string} at
 * @param {number} nowMs
 */
function minutesSince(at, nowMs) {
  return Math.floor((nowMs - Date.parse(at)) / 60_000);
}
