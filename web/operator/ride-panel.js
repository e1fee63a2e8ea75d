// @ts-check
import { showAge } from "./ages.js";
import { element } from "./element.js";
import { actionButton, panelHead, panelNote, personPart, wayPart } from "./panel-parts.js";
import { timeline } from "./timeline.js";
import { distanceText, fareText, nameOr, plain } from "./words.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./actions.js").Actions} Actions */

/** Metres in a degree of latitude. */
const DEGREE_M = 111_195;
const LIVE = ["pending", "accepted", "driver_arrived", "in_progress"];

/**
 * A ride in full.
 * @param {Store} store
 * @param {Actions} actions
 * @param {{ withMessages: boolean, onMessages: () => void }} options
 * @returns {{ nodes: Node[], said: string }}
 */
export function ridePanel({ ride }, actions, { withMessages, onMessages }) {
  if (ride === null) return { nodes: [panelNote("Loading the ride…")], said: "loading" };
  const { match, passenger, driver, positions, timeline: entries } = ride;
  const isLive = LIVE.includes(match.status);
  const messages = entries.filter(({ kind }) => kind === "message").length;
  const details = [
    plain(match.vehicle_type),
    match.distance_m === null ? null : distanceText(match.distance_m),
    fareText(match),
  ].filter((part) => part !== null).join(" · ");
  const names = `${nameOr(passenger.name, "Passenger")} → ${nameOr(driver.name, "driver")}`;
  const nodes = [
    panelHead({
      title: names,
      status: match.status,
      age: showAge(element("time"), {
        since: match.ended_at ?? match.updated_at,
        say: isLive ? "for" : "ago",
      }),
    }),
    wayPart(match, details),
    personPart(passenger, { role: "Passenger" }),
    personPart(driver, { role: "Driver", more: driver.plate ?? null }),
    ...isLive ? [positionPart(ride)] : [],
    ...isLive
      ? [
        element(
          "div",
          { class: "acts" },
          actionButton("Find another driver", {
            focus: "redispatch",
            isDisabled: match.status === "in_progress",
            ...match.status === "in_progress"
              ? { title: "The passenger is elsewhere by now: cancel, and let them ask again" }
              : {},
            onClick: () => actions.redispatchRide(ride),
          }),
          actionButton("Cancel the ride", {
            focus: "cancel",
            isGrave: true,
            onClick: () => actions.cancelRide(ride),
          }),
        ),
      ]
      : [],
    element(
      "section",
      { class: "story", attributes: { "aria-label": "Timeline" } },
      element(
        "div",
        { class: "story-head" },
        element("h3", { text: "Timeline" }),
        messages === 0 ? null : element("button", {
          class: "plain",
          text: withMessages ? "Hide messages" : `Show ${messages} messages`,
          attributes: {
            type: "button",
            "data-focus": "messages",
            "aria-pressed": String(withMessages),
          },
          on: { click: onMessages },
        }),
      ),
      timeline(entries, { withMessages, matchId: match.id }),
    ),
  ];
  const seenAt = positions.driver?.position_at ?? null;
  return { nodes, said: JSON.stringify([match, entries, passenger, driver, seenAt]) };
}

/** @param {import("./types.js").RideInFull} ride */
function positionPart({ match, positions: { driver } }) {
  if (driver === null) {
    return element("p", { class: "seen", text: "Nobody knows where the driver is." });
  }
  const target = match.status === "in_progress" ? match.dropoff : match.pickup;
  return element(
    "p",
    { class: "seen" },
    "Driver seen ",
    showAge(element("time"), { since: driver.position_at, say: "ago" }),
    target === null
      ? ""
      : `, ${distanceText(airM(driver, target))} from the ${
        match.status === "in_progress" ? "dropoff" : "pickup"
      }`,
  );
}

/**
 * By air, to what a city needs.
 * @param {import("./types.js").LatLng} a
 * @param {import("./types.js").LatLng} b
 */
function airM(a, b) {
  const squeeze = Math.cos(a.lat * Math.PI / 180);
  return Math.hypot(a.lat - b.lat, (a.lng - b.lng) * squeeze) * DEGREE_M;
}
