// @ts-check
import { serverNow, showAge } from "./ages.js";
import { rideConcern, waitConcern } from "./concerns.js";
import { icon } from "../shared/icon.js";
import { byId, element, write } from "./element.js";
import { showKeyed } from "./keyed.js";
import { nameOr, statusWord } from "./words.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./concerns.js").Concern} Concern */
/** @typedef {import("./types.js").Selection} Selection */

/**
 * One line of the list.
 * @typedef {object} Row
 * @property {Selection} target
 * @property {string} status
 * @property {string} vehicle
 * @property {string} title
 * @property {string} places
 * @property {number} since In milliseconds.
 * @property {Concern | null} concern
 */

/** Beside the map, everything on it in words; the keyboard's way to it. */
export class ListView {
  #store;
  #onPick;
  #list = byId("list");

  /**
   * @param {Store} store
   * @param {(target: Selection) => void} onPick
   */
  constructor(store, onPick) {
    this.#store = store;
    this.#onPick = onPick;
    this.#list.addEventListener("keydown", (event) => this.#walk(event));
    byId("free-drivers").addEventListener("toggle", () => this.#showDrivers());
  }

  show() {
    if (this.#store.overview === null) return;
    const { rides, trips } = this.#store.shown;
    const rows = [...rides.map(rideRow), ...trips.map(tripRow)].sort((a, b) =>
      (b.concern?.rank ?? 0) - (a.concern?.rank ?? 0) || a.since - b.since
    );
    showKeyed(this.#list, rows, {
      key: ({ target }) => `${target.kind}:${target.id}`,
      make: ({ target }) => this.#makeRow(target),
      update: (node, row) => this.#update(node, row),
    });
    byId("nothing").hidden = rows.length > 0;
    this.#showDrivers();
  }

  #showDrivers() {
    const { drivers } = this.#store.shown;
    const counted = Object.values(this.#store.overview?.counts.available ?? {})
      .reduce((sum, count) => sum + count, 0);
    const isCut = counted > (this.#store.overview?.drivers.length ?? 0);
    const folded = byId("free-drivers");
    folded.hidden = drivers.length === 0;
    write(byId("free-count"), isCut ? `${drivers.length} of ${counted}` : String(drivers.length));
    if (!(folded instanceof HTMLDetailsElement) || !folded.open) return;
    showKeyed(byId("drivers"), drivers.map(driverRow), {
      key: ({ target }) => target.id,
      make: ({ target }) => this.#makeRow(target),
      update: (node, row) => this.#update(node, row),
    });
  }

  /** @param {Selection} target */
  #makeRow(target) {
    return element(
      "li",
      {},
      element(
        "button",
        { class: "row", attributes: { type: "button" }, on: { click: () => this.#onPick(target) } },
        element("span", { class: "vehicle" }),
        element(
          "span",
          { class: "what" },
          element("strong"),
          element("span", { class: "places" }),
          element("em"),
        ),
        element("span", { class: "state" }, element("span"), element("time")),
      ),
    );
  }

  /**
   * @param {HTMLElement} node
   * @param {Row} row
   */
  #update(node, { target, status, vehicle, title, places, since, concern }) {
    const button = part(node, ".row");
    button.className = `row ${status} rank-${concern?.rank ?? 0}`;
    const isSelected = this.#store.selection?.id === target.id;
    button.toggleAttribute("aria-current", isSelected);
    if (isSelected) button.setAttribute("aria-current", "true");
    const picture = part(node, ".vehicle");
    if (picture.dataset["icon"] !== vehicle) {
      picture.dataset["icon"] = vehicle;
      picture.replaceChildren(icon(vehicleIcon(vehicle)));
    }
    write(part(node, "strong"), title);
    write(part(node, ".places"), places);
    write(part(node, "em"), concern?.text ?? "");
    write(part(node, ".state span"), statusWord(status));
    showAge(part(node, "time"), { since });
  }

  /** Up and down go from line to line. @param {KeyboardEvent} event */
  #walk(event) {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const buttons = [...this.#list.querySelectorAll(".row")];
    const at = buttons.indexOf(document.activeElement ?? this.#list);
    const next = buttons[at + (event.key === "ArrowDown" ? 1 : -1)];
    if (!(next instanceof HTMLElement)) return;
    event.preventDefault();
    next.focus();
  }
}

/**
 * The name of the icon for a type of vehicle.
 * @param {string} type
 */
export function vehicleIcon(type) {
  return ["moto", "cab", "truck"].includes(type) ? type : type === "lifan" ? "truck" : "cab";
}

/** @param {import("./types.js").LiveRide} ride @returns {Row} */
function rideRow(ride) {
  const passenger = nameOr(ride.passenger_name, "Passenger");
  const driver = nameOr(ride.driver_name, "driver");
  return {
    target: { kind: "ride", id: ride.match_id },
    status: ride.status,
    vehicle: ride.vehicle_type,
    title: `${passenger} → ${driver}`,
    places: placesText(ride),
    since: Date.parse(ride.updated_at),
    concern: rideConcern(ride, serverNow()),
  };
}

/** @param {import("./types.js").WaitingTrip} trip @returns {Row} */
function tripRow(trip) {
  return {
    target: { kind: "trip", id: trip.trip_id },
    status: "waiting",
    vehicle: trip.vehicle_type,
    title: nameOr(trip.name, "Passenger"),
    places: placesText(trip),
    since: serverNow() - trip.wait_s * 1000,
    concern: waitConcern(trip),
  };
}

/** @param {import("./types.js").FreeDriver} driver @returns {Row} */
function driverRow(driver) {
  return {
    target: { kind: "driver", id: driver.trip_id },
    status: driver.is_offered ? "offered" : "available",
    vehicle: driver.vehicle_type,
    title: nameOr(driver.name, "Driver"),
    places: driver.plate ?? "",
    since: serverNow() - driver.position_age_s * 1000,
    concern: null,
  };
}

/** @param {{ pickup: import("./types.js").Place, dropoff: import("./types.js").Place | null }} way */
function placesText({ pickup, dropoff }) {
  const from = pickup.text ?? "Pickup on the map";
  return dropoff === null ? from : `${from} → ${dropoff.text ?? "dropoff on the map"}`;
}

/**
 * @param {HTMLElement} node
 * @param {string} selector
 */
function part(node, selector) {
  const found = node.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`The line has no ${selector}`);
  return found;
}
