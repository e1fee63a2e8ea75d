// @ts-check

/** @typedef {import("./ride.js").Ride} Ride */
/** @typedef {import("./words.js").Words} Words */
/** @typedef {import("./words.js").WordKey} WordKey */

/** @type {Readonly<Record<"passenger" | "guest" | "driver", Readonly<Record<string, WordKey>>>>} */
const STATUS = {
  passenger: {
    pending: "asking",
    accepted: "ride_accepted",
    driver_arrived: "driver_arrived",
    in_progress: "ride_started",
    completed: "receipt",
  },
  guest: {
    pending: "asking",
    accepted: "ride_accepted",
    driver_arrived: "driver_arrived",
    in_progress: "guest_riding",
    completed: "guest_receipt",
  },
  driver: {
    pending: "answer_in_chat",
    accepted: "pick_up",
    driver_arrived: "at_pickup",
    in_progress: "ride_running",
    completed: "ride_done",
  },
};

/** @type {Readonly<Record<string, WordKey>>} */
const ENDINGS = {
  cancelled_driver: "ended_by_driver",
  cancelled_passenger: "ended_by_passenger",
};

/**
 * How the ride is, in a sentence for whoever looks.
 * @param {Ride} ride
 * @param {Words} words
 * @returns {string}
 */
export function statusText(ride, words) {
  const key = STATUS[ride.viewer][ride.status] ?? ENDINGS[ride.status] ?? "not_taken";
  const text = words.say(key, names(ride, words));
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}

/**
 * What both people are called, be their names known or not.
 * @param {Ride} ride
 * @param {Words} words
 * @returns {{ driver: string, passenger: string }}
 */
export function names(ride, words) {
  return {
    driver: ride.driver?.driver_name ||
      words.say(ride.viewer === "passenger" ? "your_driver" : "the_driver"),
    passenger: ride.passengerName ||
      words.say(ride.viewer === "driver" ? "your_passenger" : "the_passenger"),
  };
}

/**
 * What the reader might do now; null for nothing.
 * @param {Ride} ride
 * @param {Words} words
 * @returns {string | null}
 */
export function hintText({ viewer, status, match }, words) {
  if (status === "completed" && viewer !== "guest") return words.say("rate_in_chat");
  if (viewer !== "driver") return null;
  if (status === "driver_arrived") return words.say("pin_in_chat");
  return status === "in_progress" && match.dropoff === null ? words.say("going_unknown") : null;
}

/**
 * How old the driver's last point is; null when nobody waits for the next.
 * @param {Ride} ride
 * @param {Words} words
 * @param {number} now
 * @returns {string | null}
 */
export function seenText(ride, words, now) {
  const age = ride.ageS(now);
  if (ride.isOver || ride.isLost(now)) return null;
  const isOwn = ride.viewer === "driver";
  if (age === null) return words.say("never_seen");
  if (age < 10) return words.say(isOwn ? "sent_now" : "seen_now");
  return words.say(isOwn ? "sent" : "seen", { age: words.age(age) });
}

/**
 * That nobody knows where the driver is; null when somebody does.
 * @param {Ride} ride
 * @param {Words} words
 * @param {number} now
 * @returns {string | null}
 */
export function lostText(ride, words, now) {
  if (!ride.isLost(now)) return null;
  const age = ride.ageS(now);
  const isOwn = ride.viewer === "driver";
  const { driver } = names(ride, words);
  if (age === null) return words.say(isOwn ? "lost_own_never" : "lost_never", { driver });
  return words.say(isOwn ? "lost_own" : "lost", { driver, age: words.age(age) });
}
