import type { DriverRow, RequestRow, Results } from "../../../../scripts/simulate/results.ts";
import { summarise } from "../../../../scripts/simulate/summarise.ts";

const REQUESTS = 60;
const DRIVERS = 12;

/** A result that nobody simulated: drivers come `farther` metres farther than in another one. */
export function madeUpResult({ name = "made-up", farther = 0, city = "Kigali" } = {}): Results {
  const requests = Array.from({ length: REQUESTS }, (_, index) => requestOf(index, farther));
  const drivers = Array.from({ length: DRIVERS }, (_, index) => driverOf(index));
  return {
    kind: "mobility simulation",
    version: 1,
    name,
    options: {
      city,
      scale: 0.01,
      date: "2026-03-02",
      from: "07:00",
      hours: 1,
      seed: 1,
      vehicle_type: "moto",
      drivers: null,
      strategy: "nearest",
      window_s: 0,
      idle_credit_s: 1,
      batch_size: 3,
      offer_s: 30,
      radius_m: 10_000,
    },
    demand: "0123456789abcdef",
    is_complete: true,
    summary: summarise(requests, drivers, { driver: 2, passenger: 3 }),
    cancellations: [{ side: "driver", stage: "on_the_way", reason: "cannot come", count: 2 }],
    requests,
    drivers,
    timeline: [
      { at_s: 0, idle: 12, to_pickup: 0, riding: 0, searching: 1 },
      { at_s: 1800, idle: 4, to_pickup: 3, riding: 5, searching: 2 },
    ],
    idle_places: [{ lat: -1.944, lng: 30.06, minutes: 35 }],
    places: [{ name: "Downtown", lat: -1.9441, lng: 30.0589 }],
    refused_positions: { TRIP_COMPLETED: 4 },
    invariants: [{ name: "nobody is in two live rides", checks: 12, violations: 0, example: null }],
    measured: {
      started_at: "2026-03-02T05:00:00.000Z",
      took_s: 30,
      code: "0123456789ab",
      machine: "a machine",
      latencies: [{ step: "dispatch", calls: 60, p50_ms: 3, p95_ms: 6, p99_ms: 9, max_ms: 12 }],
    },
  };
}

function requestOf(index: number, farther: number): RequestRow {
  const isServed = index % 5 !== 0;
  // Every request has its own distance: what differs between two results is small beside it.
  const distance = 400 + 97 * (index % 17) + farther;
  return {
    index,
    at_s: 60 * index,
    pickup: { lat: -1.94 + index / 2000, lng: 30.06 + (index % 7) / 200 },
    dropoff: { lat: -1.96, lng: 30.1 },
    outcome: isServed ? "completed" : "gave_up",
    offers: 1 + index % 3,
    dispatches: 1,
    matches: isServed ? 1 : 0,
    time_to_match_s: isServed ? 9 + index % 4 : null,
    wait_s: isServed ? distance / 5 : null,
    pickup_distance_m: isServed ? distance : null,
    promised_s: isServed ? distance / 6 : null,
    eta_error_s: isServed ? distance / 30 - 20 : null,
    driver: isServed ? index % DRIVERS : null,
    fare: isServed ? 500 : null,
  };
}

function driverOf(index: number): DriverRow {
  return {
    index,
    online_s: 3600,
    idle_s: 1200 + 60 * index,
    to_pickup_s: 900,
    riding_s: 1500 - 60 * index,
    rides: 4,
    offers: 6,
    earned: 1500 + 120 * index,
  };
}
