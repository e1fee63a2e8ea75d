// @ts-check
import { serverNow, showAge } from "./ages.js";
import { element } from "./element.js";
import { actionButton, panelHead, panelNote, wayPart } from "./panel-parts.js";
import { distanceText, fareText, nameOr, plain } from "./words.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./actions.js").Actions} Actions */
/** @typedef {import("./types.js").WaitingTrip} WaitingTrip */

/**
 * A passenger who waits; null when the wait is over.
 * @param {WaitingTrip | null} trip
 * @param {Store} store
 * @param {Actions} actions
 * @returns {{ nodes: Node[], said: string }}
 */
export function tripPanel(trip, { overview }, actions) {
  if (trip === null) {
    return { nodes: [panelNote("This passenger does not wait any more.")], said: "over" };
  }
  const offers = overview?.offers.filter((offer) => offer.passenger_trip_id === trip.trip_id) ?? [];
  const { dispatch } = trip;
  const more = [plain(trip.vehicle_type), fareText(trip)].filter((part) => part !== null);
  const nodes = [
    panelHead({
      title: nameOr(trip.name, "Passenger"),
      status: "waiting",
      age: showAge(element("time"), { since: serverNow() - trip.wait_s * 1000 }),
    }),
    wayPart(trip, more.join(" · ")),
    element("p", {
      class: "seen",
      text: dispatch === null
        ? "No search is running: the passenger looks at the list, or waits for us."
        : `A search is running: ${dispatch.offered} of ${dispatch.candidates} drivers were asked.`,
    }),
    element(
      "ul",
      { class: "offers" },
      ...offers.map((offer) =>
        element(
          "li",
          {},
          element("strong", { text: nameOr(offer.driver_name, "A driver") }),
          ` ${distanceText(offer.distance_m)} away · `,
          showAge(element("time"), { until: offer.expires_at, say: "left" }),
        )
      ),
    ),
    element(
      "div",
      { class: "acts" },
      actionButton(dispatch === null ? "Find a driver" : "Search anew", {
        focus: "dispatch",
        onClick: () => actions.dispatchTrip(trip),
      }),
      actionButton("Cancel the request", {
        focus: "cancel",
        isGrave: true,
        onClick: () => actions.cancelTrip(trip),
      }),
    ),
  ];
  const { wait_s: _, ...said } = trip;
  return { nodes, said: JSON.stringify([said, offers]) };
}
