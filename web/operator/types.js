// @ts-check
/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
// What the modules of this page hand one another, as far as they read it; there is no code here.

/** @typedef {{ lat: number, lng: number }} LatLng */

/** @typedef {LatLng & { text: string | null }} Place */

/**
 * @typedef {LatLng & { position_at: string, position_age_s: number, heading: number | null,
 *   speed_mps: number | null, accuracy_m: number | null }} Position
 */

/** @typedef {"pending" | "accepted" | "driver_arrived" | "in_progress"} LiveStatus */

/**
 * A passenger whom nobody takes yet.
 * @typedef {object} WaitingTrip
 * @property {string} trip_id
 * @property {string} vehicle_type
 * @property {string | null} name
 * @property {number} wait_s
 * @property {Place} pickup
 * @property {Place | null} dropoff
 * @property {number | null} fare_amount
 * @property {string | null} currency
 * @property {string} expires_at
 * @property {{ id: string, candidates: number, offered: number, started_at: string } | null} dispatch
 */

/**
 * @typedef {LatLng & { trip_id: string, vehicle_type: string, name: string | null, plate: string | null,
 *   heading: number | null, trust: number, position_age_s: number, is_offered: boolean }} FreeDriver
 */

/**
 * @typedef {object} StandingOffer
 * @property {string} offer_id
 * @property {string} passenger_trip_id
 * @property {string} driver_trip_id
 * @property {string | null} driver_name
 * @property {number} distance_m
 * @property {number} eta_s
 * @property {string} expires_at
 */

/**
 * @typedef {object} LiveRide
 * @property {string} match_id
 * @property {LiveStatus} status
 * @property {string} vehicle_type
 * @property {boolean} is_sos
 * @property {"driver" | "passenger"} initiated_by
 * @property {string} respond_by
 * @property {string} created_at
 * @property {string} updated_at
 * @property {string | null} passenger_name
 * @property {string | null} driver_name
 * @property {string | null} plate
 * @property {Place} pickup
 * @property {Place | null} dropoff
 * @property {Position | null} passenger_position
 * @property {Position | null} driver_position
 */

/**
 * @typedef {object} Overview
 * @property {string} operator
 * @property {string} now
 * @property {{ waiting: number, oldest_wait_s: number | null, available: Record<string, number>,
 *   rides: Record<LiveStatus, number>, dispatches: number, sos: number, dead_letters: number }} counts
 * @property {WaitingTrip[]} trips
 * @property {FreeDriver[]} drivers
 * @property {StandingOffer[]} offers
 * @property {LiveRide[]} rides
 */

/** @typedef {{ code: string, name: string, south: number, west: number, north: number, east: number }} Area */

/**
 * @typedef {object} City
 * @property {string} time_zone
 * @property {Area[]} areas
 * @property {{ code: string, name: string }[]} vehicle_types
 * @property {(LatLng & { name: string, weight: number })[]} places
 */

/**
 * @typedef {object} Person
 * @property {string | null} name
 * @property {string | null} phone
 * @property {number | null} rating
 * @property {number} rating_count
 * @property {number} total_trips
 * @property {string | null} [plate]
 */

/**
 * Something that happened; which fields there are depends on the kind.
 * @typedef {object} TimelineEntry
 * @property {string} at
 * @property {"opened" | "dispatch" | "offer" | "match" | "operator" | "sos" | "rating" | "message"} kind
 * @property {string} [match_id]
 * @property {string} [driver_name]
 * @property {string} [from_status]
 * @property {string} [status]
 * @property {string} [actor]
 * @property {number} [candidates]
 * @property {number} [offered]
 * @property {number} [distance_m]
 * @property {number} [eta_s]
 * @property {string} [action]
 * @property {string} [name]
 * @property {string} [reason]
 * @property {string} [side]
 * @property {string} [acknowledged_by]
 * @property {string} [by]
 * @property {number} [rating]
 * @property {string} [comment]
 * @property {string} [message]
 * @property {string} [to]
 * @property {number} [error_code]
 */

/**
 * @typedef {object} RideInFull
 * @property {{ id: string, status: string, vehicle_type: string, passenger_trip_id: string, pickup: Place,
 *   dropoff: Place | null, distance_m: number | null, fare_amount: number | null, currency: string | null,
 *   created_at: string, updated_at: string, ended_at: string | null }} match
 * @property {Person} passenger
 * @property {Person} driver
 * @property {{ driver: Position | null, passenger: Position | null, points: number }} positions
 * @property {[number, number][]} way
 * @property {TimelineEntry[]} timeline
 */

/**
 * A call for help.
 * @typedef {object} Alert
 * @property {string} alert_id
 * @property {string} match_id
 * @property {"driver" | "passenger"} side
 * @property {number | null} lat
 * @property {number | null} lng
 * @property {string} created_at
 * @property {string | null} acknowledged_at
 * @property {string | null} acknowledged_by
 * @property {string | null} name
 * @property {string | null} phone
 * @property {string | null} other_name
 * @property {string | null} other_phone
 * @property {string} match_status
 * @property {string} vehicle_type
 * @property {string | null} plate
 */

/**
 * Something a queue gave up.
 * @typedef {object} Letter
 * @property {"outbox" | "deliveries" | "inbox"} queue
 * @property {string} id
 * @property {string} kind
 * @property {string | null} to
 * @property {string | null} error_code
 * @property {string | null} error_detail
 * @property {number} attempts
 * @property {string} created_at
 * @property {boolean} is_expired
 */

/** What is looked at: a ride by its match, a passenger's or a driver's trip. @typedef {{ kind: "ride" | "trip" | "driver", id: string }} Selection */

/** What can be shown or hidden. @typedef {"waiting" | "offered" | LiveStatus | "available"} Kind */

export {};
