import type { Example } from "./example.ts";
import {
  cancelledTrip,
  driverPosition,
  ids,
  matches,
  passengerTrip,
  runningDispatch,
} from "./people.ts";

const operator = "Grace";
const now = "2026-11-23T08:04:00.000Z";
const reason = { reason: "The driver's moto broke down" };
const alert = {
  alert_id: ids.alert,
  match_id: ids.match,
  side: "passenger",
  lat: -1.9402,
  lng: 30.0911,
  created_at: "2026-11-23T08:12:00.000Z",
  age_s: 21,
  acknowledged_at: null,
  acknowledged_by: null,
  name: "Aline",
  phone: "+250780000001",
  other_name: "Eric",
  other_phone: "+250780000002",
  match_status: "in_progress",
  vehicle_type: "moto",
  plate: "RAD 123 B",
};
const letter = { queue: "outbox", id: "3c9d8e7f-1a2b-4c3d-8e4f-5a6b7c8d9e08" };
const person = { locale: "rw", rating: 4.8, rating_count: 112, total_trips: 231 };

/** Of what operators see and do. */
export const operatorExamples = {
  operatorCity: {
    response: {
      operator,
      time_zone: "Africa/Kigali",
      areas: [{
        code: "kigali",
        name: "Kigali",
        south: -2.08,
        west: 29.97,
        north: -1.78,
        east: 30.28,
      }],
      vehicle_types: [{ code: "moto", name: "Moto" }],
      places: [{ name: "Kimironko market", lat: -1.9355, lng: 30.13, weight: 3 }],
    },
  },
  operatorOverview: {
    response: {
      operator,
      now,
      counts: {
        waiting: 1,
        oldest_wait_s: 34,
        available: { moto: 118 },
        rides: { accepted: 1 },
        dispatches: 1,
        sos: 0,
        dead_letters: 0,
      },
      trips: [{
        trip_id: ids.passengerTrip,
        vehicle_type: "moto",
        name: "Aline",
        wait_s: 34,
        pickup: passengerTrip.pickup,
        dropoff: passengerTrip.dropoff,
        fare_amount: 1400,
        currency: "RWF",
        expires_at: passengerTrip.expires_at,
        dispatch: {
          id: ids.dispatch,
          candidates: 12,
          offered: 3,
          started_at: "2026-11-23T08:03:30.000Z",
        },
      }],
      drivers: [{
        trip_id: ids.driverTrip,
        vehicle_type: "moto",
        name: "Eric",
        plate: "RAD 123 B",
        lat: -1.9466,
        lng: 30.0655,
        heading: 311,
        trust: 1,
        position_age_s: 14,
        is_offered: true,
      }],
      offers: [{
        offer_id: ids.offer,
        dispatch_id: ids.dispatch,
        passenger_trip_id: ids.passengerTrip,
        driver_trip_id: ids.driverTrip,
        vehicle_type: "moto",
        driver_name: "Eric",
        distance_m: 487,
        eta_s: 90,
        created_at: "2026-11-23T08:03:30.000Z",
        expires_at: "2026-11-23T08:04:00.000Z",
      }],
      rides: [],
    },
  },
  operatorRide: {
    response: {
      operator,
      now,
      match: matches.accepted,
      passenger: { user_id: ids.passenger, name: "Aline", phone: "+250780000001", ...person },
      driver: {
        user_id: ids.driver,
        name: "Eric",
        phone: "+250780000002",
        plate: "RAD 123 B",
        ...person,
      },
      positions: {
        driver: driverPosition,
        passenger: null,
        points: 24,
        predicted_pickup_s: 90,
        predicted_ride_s: 1418,
      },
      way: [[-1.9479, 30.0671], [-1.9466, 30.0655]],
      timeline: [
        { at: "2026-11-23T08:00:00.000Z", kind: "opened" },
        {
          at: "2026-11-23T08:01:12.000Z",
          kind: "match",
          match_id: ids.match,
          from_status: "pending",
          status: "accepted",
          actor: "driver",
        },
      ],
    },
  },
  operatorCancelRide: {
    request: reason,
    response: { operator, match: { ...matches.cancelled, cancel_reason: "operator" } },
  },
  operatorCancelTrip: {
    request: reason,
    response: { operator, trip: { ...cancelledTrip, cancel_reason: "operator" } },
  },
  operatorRedispatchRide: {
    request: reason,
    response: {
      operator,
      passenger_trip_id: ids.passengerTrip,
      match: { ...matches.cancelled, cancel_reason: "operator" },
      dispatch: runningDispatch,
      problem: null,
    },
  },
  operatorRedispatchTrip: {
    request: reason,
    response: {
      operator,
      passenger_trip_id: ids.passengerTrip,
      match: null,
      dispatch: runningDispatch,
      problem: null,
    },
  },
  operatorAlerts: { response: { operator, alerts: [alert] } },
  operatorAcknowledgeAlert: {
    request: {},
    response: {
      operator,
      alert: {
        ...alert,
        acknowledged_at: "2026-11-23T08:12:30.000Z",
        acknowledged_by: operator,
      },
    },
  },
  operatorDeadLetters: {
    response: {
      operator,
      letters: [{
        ...letter,
        kind: "receipt",
        to: "Aline",
        error_code: "131026",
        error_detail: "Message undeliverable",
        attempts: 1,
        created_at: "2026-11-23T07:40:00.000Z",
        is_expired: false,
      }],
    },
  },
  operatorRetryLetter: { request: letter, response: { operator, ...letter } },
  operatorDropLetter: { request: letter, response: { operator, ...letter } },
} as const satisfies Readonly<Record<string, Example>>;
