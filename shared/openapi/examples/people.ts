/** The ids that the examples use, and the things they are about. */
export const ids = {
  passenger: "11111111-1111-4111-8111-111111111111",
  driver: "22222222-2222-4222-8222-222222222222",
  passengerTrip: "0b7f9c52-5f4b-4f0d-8a3a-6f1f7c1e0a01",
  driverTrip: "5d0a7a0e-1c3b-4c62-9b57-2f7f0d8e4b02",
  match: "9a3e5a66-0d2f-4b18-bb3c-7c6f1f2a9c03",
  dispatch: "c1f0b6de-8d3e-4f5a-9f61-0a4e6a7b5d04",
  offer: "e7b2c9a1-3f4d-4a6b-8c5e-1d2f3a4b5c05",
  alert: "f4c3b2a1-6e5d-4c7b-9a8f-0e1d2c3b4a06",
  link: "a8b7c6d5-4e3f-4d2c-8b1a-9f8e7d6c5b07",
} as const;

const place = { lat: -1.9441, lng: 30.0619, text: "Kigali Heights" };
const dropoff = { lat: -1.9355, lng: 30.13, text: "Kimironko market" };

/** A passenger's open trip. */
export const passengerTrip = {
  id: ids.passengerTrip,
  user_id: ids.passenger,
  role: "passenger",
  vehicle_type: "moto",
  status: "open",
  pickup: place,
  dropoff,
  distance_m: 9930,
  duration_s: 1418,
  fare_amount: 1400,
  currency: "RWF",
  scheduled_for: null,
  expires_at: "2026-11-23T08:30:00.000Z",
  created_at: "2026-11-23T08:00:00.000Z",
  updated_at: "2026-11-23T08:00:00.000Z",
  cancel_reason: null,
};

/** The same trip, cancelled. */
export const cancelledTrip = {
  ...passengerTrip,
  status: "cancelled",
  updated_at: "2026-11-23T08:03:00.000Z",
  cancel_reason: "Found another way",
};

/** A match that waits for the driver's answer. */
export const pendingMatch = {
  id: ids.match,
  status: "pending",
  initiated_by: "passenger",
  respond_by: "2026-11-23T08:02:00.000Z",
  passenger_trip_id: ids.passengerTrip,
  driver_trip_id: ids.driverTrip,
  passenger_user_id: ids.passenger,
  driver_user_id: ids.driver,
  vehicle_type: "moto",
  pickup: place,
  dropoff,
  distance_m: 9930,
  fare_amount: 1400,
  currency: "RWF",
  created_at: "2026-11-23T08:01:00.000Z",
  updated_at: "2026-11-23T08:01:00.000Z",
  accepted_at: null,
  arrived_at: null,
  started_at: null,
  completed_at: null,
  ended_at: null,
  cancel_reason: null,
};

const accepted = {
  ...pendingMatch,
  status: "accepted",
  accepted_at: "2026-11-23T08:01:12.000Z",
  updated_at: "2026-11-23T08:01:12.000Z",
};
const arrived = {
  ...accepted,
  status: "driver_arrived",
  arrived_at: "2026-11-23T08:06:40.000Z",
  updated_at: "2026-11-23T08:06:40.000Z",
};
const started = {
  ...arrived,
  status: "in_progress",
  started_at: "2026-11-23T08:07:30.000Z",
  updated_at: "2026-11-23T08:07:30.000Z",
};

/** The match as it goes on, and as it may end. */
export const matches = {
  accepted,
  arrived,
  started,
  completed: {
    ...started,
    status: "completed",
    completed_at: "2026-11-23T08:31:05.000Z",
    ended_at: "2026-11-23T08:31:05.000Z",
    updated_at: "2026-11-23T08:31:05.000Z",
  },
  declined: {
    ...pendingMatch,
    status: "declined",
    ended_at: "2026-11-23T08:01:12.000Z",
    updated_at: "2026-11-23T08:01:12.000Z",
  },
  cancelled: {
    ...accepted,
    status: "cancelled_passenger",
    ended_at: "2026-11-23T08:03:00.000Z",
    updated_at: "2026-11-23T08:03:00.000Z",
    cancel_reason: "The driver asked for more money",
  },
} as const;

const standing = {
  rating: 4.8,
  rating_count: 112,
  acceptance_rate: 0.91,
  offer_count: 260,
  completion_rate: 0.97,
  match_count: 240,
  total_trips: 231,
};

/** A driver whom a search has found. */
export const foundDriver = {
  trip_id: ids.driverTrip,
  user_id: ids.driver,
  lat: -1.9466,
  lng: 30.0655,
  position_age_s: 14,
  vehicle_type: "moto",
  distance_m: 487,
  ...standing,
  eta_s: 90,
};

/** The points of that driver by the strategy "nearest". */
export const points = {
  score: 110.13,
  rank: 1,
  score_parts: {
    rating: 0,
    acceptance: 0,
    completion: 0,
    distance: 95.13,
    recency: 0,
    distance_bonus: 10,
    recency_bonus: 5,
  },
};

/** Where the driver was a moment ago. */
export const driverPosition = {
  lat: -1.9466,
  lng: 30.0655,
  position_at: "2026-11-23T08:03:46.000Z",
  position_age_s: 14,
  accuracy_m: 8,
  heading: 311,
  speed_mps: 6.4,
};

/** How a moto moves. */
export const pace = { speed_mps: 7, road_factor: 1.3 };

/** A search for a driver that runs. */
export const runningDispatch = {
  id: ids.dispatch,
  passenger_trip_id: ids.passengerTrip,
  status: "running",
  candidates: 12,
  offered: 3,
  offers_in_s: null,
};
