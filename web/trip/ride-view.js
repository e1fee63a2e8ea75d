// @ts-check
import { byId, show, write, writeOrHide } from "./page.js";
import { hintText, names, seenText, statusText } from "./status-words.js";
import { vehicleIcon } from "./marker.js";

/** @typedef {import("./ride.js").Ride} Ride */
/** @typedef {import("./words.js").Words} Words */
/** @typedef {import("./words.js").WordKey} WordKey */

const STEPS = ["coming", "here", "riding", "done"];
/** @type {Readonly<Record<string, number>>} */
const STEP_OF = { pending: 0, accepted: 0, driver_arrived: 1, in_progress: 2, completed: 3 };
/** A point that is younger is as good as now. */
const FRESH_S = 10;
/** With less than this, a count of minutes says too much. */
const SOON_S = 30;

/**
 * Writes all that the page says of a ride; called whenever something may have changed.
 * @param {Ride} ride
 * @param {Words} words
 * @param {number} now
 */
export function showRide(ride, words, now) {
  document.body.dataset["status"] = ride.status;
  document.body.classList.toggle("over", ride.isOver);
  document.body.classList.toggle("lost", ride.isLost(now));
  showHead(ride, words, now);
  showSteps(ride.status);
  showPin(ride, words);
  showPerson(ride, words);
  showDetails(ride, words);
}

/**
 * @param {Ride} ride
 * @param {Words} words
 * @param {number} now
 */
function showHead(ride, words, now) {
  const status = statusText(ride, words);
  const way = ride.wayLeft(now);
  const eta = way === null
    ? null
    : way.seconds < SOON_S
    ? words.say("eta_now")
    : words.duration(way.seconds);
  writeOrHide("eta", eta, "eta-line");
  write("eta-clock", way === null ? "" : words.clock(now + way.seconds * 1000));
  write("eta-about", way === null ? "" : words.say(`eta_${way.to}`));
  write("left", way === null ? "" : words.distance(way.metres));
  write("towards", way === null ? "" : words.say(towards(way.direction, words)));
  write("status", status);
  writeOrHide("hint", hintText(ride, words));
  writeOrHide("seen", seenText(ride, words, now));
  byId("seen").classList.toggle("fresh", (ride.ageS(now) ?? Infinity) < FRESH_S);
  // Read aloud when the words change, which is every minute at the most.
  write("said", eta === null ? status : `${status} ${eta} ${byId("eta-about").textContent}`);
  document.title = eta === null || ride.isLost(now) ? status : `${eta} · ${status}`;
}

/**
 * @param {string} direction
 * @param {Words} words
 * @returns {WordKey}
 */
function towards(direction, words) {
  const key = `towards_${direction}`;
  return words.has(key) ? key : "towards_n";
}

/** @param {string} status */
function showSteps(status) {
  const reached = STEP_OF[status] ?? -1;
  show("steps", reached >= 0);
  for (const [index, name] of STEPS.entries()) {
    const step = document.querySelector(`[data-step="${name}"]`);
    const isCurrent = index === reached;
    step?.classList.toggle("done", index < reached || status === "completed");
    step?.classList.toggle("current", isCurrent);
    if (isCurrent) step?.setAttribute("aria-current", "step");
    else step?.removeAttribute("aria-current");
  }
}

/**
 * @param {Ride} ride
 * @param {Words} words
 */
function showPin({ match, status, viewer }, words) {
  const isNeeded = viewer === "passenger" && Boolean(match.pin) &&
    (status === "accepted" || status === "driver_arrived");
  show("pin-card", isNeeded);
  const pin = isNeeded ? match.pin ?? "" : "";
  write("pin", pin);
  // Digit by digit, not as a number of thousands.
  byId("pin").setAttribute("aria-label", `${words.say("pin")}: ${[...pin].join(" ")}`);
}

/**
 * The driver, or for the driver the passenger.
 * @param {Ride} ride
 * @param {Words} words
 */
function showPerson(ride, words) {
  const { driver, passenger } = names(ride, words);
  const isDriver = ride.viewer === "driver";
  write("name", capital(isDriver ? passenger : driver));
  const card = ride.driver;
  const rating = card?.rating_count
    ? `${words.say("stars", { rating: words.rating(card.rating ?? 0) })} (${card.rating_count})`
    : words.say("nobody_rated");
  const vehicle = words.say(vehicleWord(ride.match.vehicle_type, words));
  write("about", isDriver ? vehicle : `${vehicle} · ${rating}`);
  writeOrHide("plate", isDriver ? null : card?.plate ?? null, "plate-line");
  const face = isDriver ? "person" : vehicleIcon(ride.match.vehicle_type);
  byId("face").setAttribute("href", `#i-${face}`);
}

/**
 * @param {string} type
 * @param {Words} words
 * @returns {WordKey}
 */
function vehicleWord(type, words) {
  const key = `vehicle_${type}`;
  return words.has(key) ? key : "vehicle_other";
}

/**
 * @param {Ride} ride
 * @param {Words} words
 */
function showDetails({ match, isOver, status }, words) {
  write("pickup", placeText(match.pickup, words));
  writeOrHide("dropoff", match.dropoff && placeText(match.dropoff, words), "dropoff-line");
  const isDone = status === "completed";
  // A ride that was given up has no price.
  const { distance_m: metres, fare_amount: fare, currency } = isDone || !isOver ? match : {};
  writeOrHide("distance", metres ? words.distance(metres) : null, "distance-line");
  const price = typeof fare === "number" ? words.money(fare, currency) : null;
  writeOrHide("fare", price, "fare-line");
  const startedAt = Date.parse(match.started_at ?? "");
  const endedAt = Date.parse(match.completed_at ?? match.ended_at ?? "");
  const started = isDone && startedAt ? words.clock(startedAt) : null;
  const took = started && endedAt ? words.duration((endedAt - startedAt) / 1000) : null;
  writeOrHide("started", started, "started-line");
  writeOrHide("ended", isOver && endedAt ? words.clock(endedAt) : null, "ended-line");
  writeOrHide("took", took, "took-line");
}

/**
 * @param {import("./types.js").Place} place
 * @param {Words} words
 */
function placeText({ text }, words) {
  return text || words.say("unnamed");
}

/** @param {string} text */
function capital(text) {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}
