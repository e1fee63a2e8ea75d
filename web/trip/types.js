// @ts-check
/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

/** @typedef {import("../shared/realtime.js").Realtime} Realtime */

/**
 * A place in WGS 84 degrees, with what people call it.
 * @typedef {object} Place
 * @property {number} lat
 * @property {number} lng
 * @property {string | null} [text]
 */

/**
 * Where the driver was: degrees clockwise from north, metres a second, ISO 8601.
 * @typedef {object} Position
 * @property {number} lat
 * @property {number} lng
 * @property {number | null} [heading]
 * @property {number | null} [speed_mps]
 * @property {string} recorded_at
 */

/**
 * Whose eyes the link was made for.
 * @typedef {"passenger" | "driver" | "guest"} Viewer
 */

/**
 * A ride as the API shows it to whoever has a link; the PIN is the passenger's alone, the fare not the guest's.
 * @typedef {object} Match
 * @property {string} id
 * @property {string} status
 * @property {string} vehicle_type
 * @property {Place} pickup
 * @property {Place | null} dropoff
 * @property {number | null} [distance_m]
 * @property {number | null} [fare_amount]
 * @property {string | null} [currency]
 * @property {string | null} [pin]
 * @property {string | null} [arrived_at]
 * @property {string | null} [started_at]
 * @property {string | null} [completed_at]
 * @property {string | null} [ended_at]
 */

/**
 * @typedef {object} Driver
 * @property {string | null} [driver_name]
 * @property {string | null} [plate]
 * @property {number | null} [rating]
 * @property {number | null} [rating_count]
 */

/**
 * What POST /tracking/links/open answers, as far as the page reads it.
 * @typedef {object} OpenedRide
 * @property {{ viewer: Viewer, locale: string | null, expires_at: string }} link
 * @property {Match} match
 * @property {Driver | null} driver
 * @property {string | null} passenger_name
 * @property {(Place & { position_at: string, heading?: number | null, speed_mps?: number | null }) | null} driver_position
 * @property {"pickup" | "dropoff" | null} heading_for
 * @property {number | null} remaining_m
 * @property {number | null} eta_s
 * @property {Realtime | null} realtime
 * @property {string} now
 */

/**
 * A position as POST /tracking/links/positions takes it.
 * @typedef {object} Point
 * @property {number} lat
 * @property {number} lng
 * @property {string} recorded_at
 * @property {number} [accuracy_m]
 * @property {number} [heading]
 * @property {number} [speed_mps]
 */

export {};
