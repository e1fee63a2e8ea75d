import type { Example } from "./example.ts";
import {
  cancelledTrip,
  foundDriver,
  ids,
  matches,
  passengerTrip,
  pendingMatch,
  points,
  runningDispatch,
} from "./people.ts";

const timestamp = "2026-11-23T08:00:30.000Z";

/** Of the orchestrator, and of what it composes. */
export const rideExamples = {
  openTrip: {
    request: {
      user_id: ids.passenger,
      role: "passenger",
      vehicle_type: "moto",
      pickup: passengerTrip.pickup,
      dropoff: passengerTrip.dropoff,
    },
    response: { trip: passengerTrip, replaced_trip_id: null },
  },
  cancelTrip: {
    request: { reason: "Found another way" },
    response: { trip: cancelledTrip, match: null },
  },
  findDrivers: {
    request: { passenger_trip_id: ids.passengerTrip, radius_m: 5000, limit: 1 },
    response: {
      drivers: [{ ...foundDriver, ...points }],
      count: 1,
      strategy: "nearest",
      cached: false,
      timestamp,
    },
  },
  findPassengers: {
    request: { driver_trip_id: ids.driverTrip, strategy: "proximity" },
    response: { passengers: [], count: 0, strategy: "proximity", cached: false, timestamp },
  },
  findNearby: {
    request: { lat: -1.9441, lng: 30.0619, vehicle_type: "moto", limit: 1 },
    response: { drivers: [foundDriver], count: 1, timestamp },
  },
  rankDrivers: {
    request: {
      drivers: [{ trip_id: ids.driverTrip, distance_m: 487, rating: 4.8, rating_count: 112 }],
      strategy: "quality",
    },
    response: {
      drivers: [{
        trip_id: ids.driverTrip,
        distance_m: 487,
        rating: 4.8,
        rating_count: 112,
        score: 99.09,
        rank: 1,
        score_parts: {
          rating: 47.09,
          acceptance: 24,
          completion: 18,
          distance: 0,
          recency: 0,
          distance_bonus: 10,
          recency_bonus: 0,
        },
      }],
      count: 1,
      strategy: "quality",
      timestamp,
    },
  },
  proposeMatch: {
    request: { passenger_trip_id: ids.passengerTrip, driver_trip_id: ids.driverTrip },
    response: { match: { ...pendingMatch, pin: "0472" } },
  },
  acceptMatch: { request: {}, response: { match: matches.accepted } },
  declineMatch: { request: {}, response: { match: matches.declined } },
  arriveMatch: { request: {}, response: { match: matches.arrived } },
  startMatch: { request: { pin: "0472" }, response: { match: matches.started } },
  completeMatch: { request: {}, response: { match: matches.completed } },
  cancelMatch: {
    request: { reason: "The driver asked for more money", keep_searching: true },
    response: { match: matches.cancelled },
  },
  rateMatch: {
    request: { rating: 5, comment: "Careful and kind" },
    response: {
      rating: {
        match_id: ids.match,
        rated_by: "passenger",
        rating: 5,
        comment: "Careful and kind",
      },
    },
  },
  dispatchTrip: {
    request: { passenger_trip_id: ids.passengerTrip, batch_size: 3, offer_s: 30 },
    response: { dispatch: runningDispatch },
  },
  assignWaiting: { request: {}, response: { assigned: 4, postponed: 1 } },
  listOffers: {
    response: {
      offers: [{
        id: ids.offer,
        status: "offered",
        passenger_trip_id: ids.passengerTrip,
        driver_trip_id: ids.driverTrip,
        distance_m: 487,
        eta_s: 90,
        expires_at: "2026-11-23T08:01:00.000Z",
        ride: {
          pickup: passengerTrip.pickup,
          dropoff: passengerTrip.dropoff,
          ride_distance_m: 9930,
          fare_amount: 1400,
          currency: "RWF",
          passenger_rating: 4.9,
          passenger_rating_count: 18,
        },
      }],
    },
  },
  acceptOffer: { request: {}, response: { match: matches.accepted } },
  declineOffer: { request: {}, response: { declined: true } },
} as const satisfies Readonly<Record<string, Example>>;
