// @ts-check
import { setClock } from "./ages.js";

/** @typedef {import("./types.js").Overview} Overview */
/** @typedef {import("./types.js").Alert} Alert */
/** @typedef {import("./types.js").City} City */
/** @typedef {import("./types.js").Kind} Kind */
/** @typedef {import("./types.js").LiveRide} LiveRide */
/** @typedef {import("./types.js").RideInFull} RideInFull */
/** @typedef {import("./types.js").Selection} Selection */

/** Everything there is on the map, in the order of its filters. @type {readonly Kind[]} */
export const KINDS = [
  "waiting",
  "offered",
  "pending",
  "accepted",
  "driver_arrived",
  "in_progress",
  "available",
];

/** What is known and what is looked at; whoever shows it is told when something changes. */
export class Store {
  /** @type {City | null} */
  city = null;
  /** @type {Overview | null} */
  overview = null;
  /** @type {Alert[]} */
  alerts = [];
  /** @type {Selection | null} */
  selection = null;
  /** The selected ride in full, once it is known. @type {RideInFull | null} */
  ride = null;
  /** @type {{ vehicle_type: string, area: string, text: string, kinds: Set<Kind> }} */
  filter = { vehicle_type: "", area: "", text: "", kinds: new Set(KINDS) };
  /** @type {(() => void)[]} */
  #listeners = [];
  #isTelling = false;

  /** @param {() => void} listener */
  listen(listener) {
    this.#listeners.push(listener);
  }

  /** Tells everybody, once for all that changes in one go. */
  changed() {
    if (this.#isTelling) return;
    this.#isTelling = true;
    queueMicrotask(() => {
      this.#isTelling = false;
      for (const listener of this.#listeners) listener();
    });
  }

  /**
   * @param {Overview} overview
   * @param {Alert[]} alerts
   */
  take(overview, alerts) {
    this.overview = overview;
    this.alerts = alerts;
    setClock(overview.now);
    this.changed();
  }

  /** @param {Selection | null} selection */
  select(selection) {
    if (selection?.id !== this.selection?.id) this.ride = null;
    this.selection = selection;
    this.changed();
  }

  /**
   * The driver of a ride is somewhere else.
   * @param {{ match_id: string, lat: number, lng: number, recorded_at: string, heading?: number, speed_mps?: number }} to
   */
  move(to) {
    const ride = this.overview?.rides.find(({ match_id }) => match_id === to.match_id);
    if (ride === undefined) return;
    ride.driver_position = {
      lat: to.lat,
      lng: to.lng,
      position_at: to.recorded_at,
      position_age_s: 0,
      heading: to.heading ?? null,
      speed_mps: to.speed_mps ?? null,
      accuracy_m: null,
    };
    if (this.ride?.match.id === to.match_id) {
      this.ride.positions.driver = ride.driver_position;
      this.ride.way.push([to.lat, to.lng]);
    }
    this.changed();
  }

  /** What is shown of the overview: the kinds that are wanted, and whoever has the text in their name or places. */
  get shown() {
    const { kinds } = this.filter;
    const { trips = [], drivers = [], offers = [], rides = [] } = this.overview ?? {};
    return {
      trips: trips.filter((trip) =>
        kinds.has("waiting") && this.#has(trip.name, trip.pickup.text, trip.dropoff?.text)
      ),
      drivers: drivers.filter((driver) =>
        kinds.has("available") && this.#has(driver.name, driver.plate)
      ),
      offers: offers.filter((offer) => kinds.has("offered") && this.#has(offer.driver_name)),
      rides: rides.filter((ride) =>
        kinds.has(ride.status) && this.#has(
          ride.passenger_name,
          ride.driver_name,
          ride.plate,
          ride.pickup.text,
          ride.dropoff?.text,
        )
      ),
    };
  }

  /** @param {(string | null | undefined)[]} texts */
  #has(...texts) {
    const wanted = this.filter.text.trim().toLowerCase();
    return wanted === "" || texts.some((text) => text?.toLowerCase().includes(wanted));
  }
}
