// @ts-check
import { serverNow } from "./ages.js";
import { rideConcern, waitConcern } from "./concerns.js";
import { MarkLayer } from "./mark-layer.js";
import { passengerSign, updateSign, vehicleSign } from "./signs.js";
import { nameOr } from "./words.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./leaflet.js").Leaflet} Leaflet */
/** @typedef {import("./leaflet.js").LeafletMap} LeafletMap */
/** @typedef {import("./leaflet.js").Line} Line */
/** @typedef {import("./types.js").LatLng} LatLng */
/** @typedef {import("./types.js").LiveRide} LiveRide */
/** @typedef {import("./types.js").Selection} Selection */

/** Everything on the map that moves, kept up with the store. */
export class MapMarks {
  #layer;
  /** @type {Line} */
  #way;
  /** @type {Map<string, LatLng>} */
  #places = new Map();

  /**
   * @param {Leaflet} leaflet
   * @param {{ map: LeafletMap, onPick: (target: Selection) => void }} options
   */
  constructor(leaflet, { map, onPick }) {
    this.#layer = new MarkLayer(leaflet, { map, onPick });
    this.#way = leaflet.polyline([], { className: "driven", interactive: false });
    this.#way.addTo(map);
  }

  /** Where everything is that matters: people who wait or ride, or else drivers. */
  get points() {
    const all = [...this.#places];
    const people = all.filter(([key]) => !key.startsWith("driver:"));
    return (people.length > 0 ? people : all).map(([, at]) => at);
  }

  /**
   * Where what is selected is, begins and ends.
   * @param {Store} store
   * @returns {LatLng[]}
   */
  wayOf({ selection, overview }) {
    if (selection === null || overview === null) return [];
    const { kind, id } = selection;
    const at = this.#places.get(`${kind}:${id}`);
    const way = overview.rides.find(({ match_id }) => match_id === id) ??
      overview.trips.find(({ trip_id }) => trip_id === id);
    return [at, way?.pickup, way?.dropoff].filter((point) => point !== undefined && point !== null);
  }

  /** @param {Store} store */
  show(store) {
    const { trips, drivers, offers, rides } = store.shown;
    const layer = this.#layer;
    const places = new Map();
    layer.begin(store.selection);
    for (const driver of drivers) {
      places.set(`driver:${driver.trip_id}`, driver);
      layer.dot(`driver:${driver.trip_id}`, {
        at: driver,
        className: `free ${driver.is_offered ? "offered" : "available"}`,
        title: `${nameOr(driver.name, "Driver")}${
          driver.plate === null ? "" : `, ${driver.plate}`
        }`,
        target: { kind: "driver", id: driver.trip_id },
      });
    }
    for (const trip of trips) {
      places.set(`trip:${trip.trip_id}`, trip.pickup);
      layer.sign(`trip:${trip.trip_id}`, {
        at: trip.pickup,
        target: { kind: "trip", id: trip.trip_id },
        title: `${nameOr(trip.name, "Passenger")} waits`,
        make: passengerSign,
        update: (node) =>
          updateSign(node, {
            status: "waiting",
            rank: waitConcern(trip)?.rank ?? 0,
            heading: null,
          }),
        isUrgent: false,
      });
    }
    for (const ride of rides) places.set(`ride:${ride.match_id}`, this.#drawRide(ride));
    const driverPlaces = new Map(store.overview?.drivers.map((driver) => [driver.trip_id, driver]));
    const tripPlaces = new Map(store.overview?.trips.map((trip) => [trip.trip_id, trip.pickup]));
    for (const offer of offers) {
      const from = driverPlaces.get(offer.driver_trip_id);
      const to = tripPlaces.get(offer.passenger_trip_id);
      if (from === undefined || to === undefined) continue;
      layer.line(`offer:${offer.offer_id}`, { way: [from, to], className: "link offered" });
    }
    this.#drawSelected(store);
    layer.end();
    this.#places = places;
  }

  /** @param {LiveRide} ride @returns {LatLng} */
  #drawRide(ride) {
    const at = ride.driver_position ?? ride.pickup;
    const target = ride.status === "in_progress" ? ride.dropoff : ride.pickup;
    if (target !== null && ride.driver_position !== null) {
      this.#layer.line(`ride:${ride.match_id}`, {
        way: [at, target],
        className: `link ${ride.status}`,
      });
    }
    const title = `${nameOr(ride.passenger_name, "Passenger")} with ${
      nameOr(ride.driver_name, "driver")
    }`;
    this.#layer.sign(`ride:${ride.match_id}`, {
      at,
      target: { kind: "ride", id: ride.match_id },
      title,
      make: () => vehicleSign(ride.vehicle_type),
      update: (node) =>
        updateSign(node, {
          status: ride.status,
          rank: rideConcern(ride, serverNow())?.rank ?? 0,
          heading: ride.driver_position?.heading ?? null,
        }),
      isUrgent: ride.is_sos,
    });
    return at;
  }

  /** Both ends of the selected ride, and the way it went. @param {Store} store */
  #drawSelected({ ride, selection, overview }) {
    const isRide = selection?.kind === "ride" && ride !== null;
    this.#way.setLatLngs(isRide ? ride.way.map(([lat, lng]) => ({ lat, lng })) : []);
    const trip = selection?.kind === "trip"
      ? overview?.trips.find(({ trip_id }) => trip_id === selection.id)
      : undefined;
    const way = isRide ? ride.match : trip;
    if (way === undefined) return;
    this.#layer.wayEnd("pickup", way.pickup);
    if (way.dropoff !== null) {
      this.#layer.wayEnd("dropoff", way.dropoff);
      this.#layer.line("plan", { way: [way.pickup, way.dropoff], className: "plan" });
    }
  }
}
