import type { LiveRide, Overview, WaitingTrip } from "../../../web/operator/types.js";

const PLACE = { lat: -1.95, lng: 30.06, text: "Kigali Heights" };

/** A ride in which everything is as it should be. */
export function rideAt(nowMs: number, changes: Partial<LiveRide> = {}): LiveRide {
  const now = new Date(nowMs).toISOString();
  return {
    match_id: "m",
    status: "accepted",
    vehicle_type: "moto",
    is_sos: false,
    initiated_by: "passenger",
    respond_by: now,
    created_at: now,
    updated_at: now,
    passenger_name: "Aline",
    driver_name: "Jean",
    plate: "RAD 123 B",
    pickup: PLACE,
    dropoff: { ...PLACE, text: "Airport" },
    passenger_position: null,
    driver_position: {
      lat: -1.95,
      lng: 30.06,
      position_at: now,
      position_age_s: 0,
      heading: null,
      speed_mps: null,
      accuracy_m: null,
    },
    ...changes,
  };
}

/** A passenger who has just begun to wait. */
export function tripAt(changes: Partial<WaitingTrip> = {}): WaitingTrip {
  return {
    trip_id: "t",
    vehicle_type: "moto",
    name: "Chantal",
    wait_s: 0,
    pickup: PLACE,
    dropoff: null,
    fare_amount: null,
    currency: null,
    expires_at: "2026-11-23T04:00:00Z",
    dispatch: null,
    ...changes,
  };
}

/** An overview of these and nothing else. */
export function overviewOf(parts: Partial<Overview>): Overview {
  return {
    operator: "Claire",
    now: "2026-11-23T03:00:00Z",
    counts: {
      waiting: 0,
      oldest_wait_s: null,
      available: {},
      rides: { pending: 0, accepted: 0, driver_arrived: 0, in_progress: 0 },
      dispatches: 0,
      sos: 0,
      dead_letters: 0,
    },
    trips: [],
    drivers: [],
    offers: [],
    rides: [],
    ...parts,
  };
}
