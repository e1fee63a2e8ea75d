import type { Example } from "./example.ts";
import { driverPosition, ids, matches, pace, passengerTrip } from "./people.ts";

const position = {
  trip_id: ids.driverTrip,
  lat: -1.9466,
  lng: 30.0655,
  recorded_at: "2026-11-23T08:03:46.000Z",
  accuracy_m: 8,
  heading: 311,
  speed_mps: 6.4,
};
const { trip_id: _, ...point } = position;
const token = "5f0c3a9d1e7b48269a3c5d7e9f1b2c4d";
const progress = { heading_for: "pickup", remaining_m: 633, eta_s: 90, progress: null };
const events = [
  { from_status: null, to_status: "pending", actor: "passenger", at: "2026-11-23T08:01:00.000Z" },
  {
    from_status: "pending",
    to_status: "accepted",
    actor: "driver",
    at: "2026-11-23T08:01:12.000Z",
  },
];
const {
  passenger_trip_id: _passengerTrip,
  driver_trip_id: _driverTrip,
  passenger_user_id: _passenger,
  driver_user_id: _driver,
  fare_amount: _fare,
  currency: _currency,
  ...guestMatch
} = matches.accepted;

/** Of the tracking function. */
export const trackingExamples = {
  updateLocation: {
    request: position,
    response: { trip_id: ids.driverTrip, accepted: true },
  },
  updateLocations: {
    request: { locations: [position, { ...position, recorded_at: "2026-11-23T08:03:41.000Z" }] },
    response: {
      results: [
        { trip_id: ids.driverTrip, accepted: true },
        { trip_id: ids.driverTrip, accepted: false, code: "OUT_OF_DATE" },
      ],
      accepted: 1,
    },
  },
  trackTrip: {
    response: {
      trip: { ...passengerTrip, status: "matched" },
      position: { ...driverPosition, lat: -1.9441, lng: 30.0619, heading: null, speed_mps: null },
      match: matches.accepted,
    },
  },
  trackMatch: {
    response: {
      match: matches.accepted,
      driver_position: driverPosition,
      passenger_position: null,
      events,
      ...progress,
    },
  },
  makeLink: {
    request: { viewer: "guest" },
    response: {
      token,
      viewer: "guest",
      expires_at: "2026-11-24T08:02:00.000Z",
      url: `https://ride.example/#${token}`,
    },
  },
  revokeLinks: { response: { revoked: 1 } },
  openLink: {
    request: { token },
    response: {
      link: {
        id: ids.link,
        viewer: "guest",
        expires_at: "2026-11-24T08:02:00.000Z",
        locale: "en",
      },
      match: guestMatch,
      driver: {
        driver_name: "Eric",
        vehicle_type: "moto",
        plate: "RAD 123 B",
        rating: 4.8,
        rating_count: 112,
      },
      passenger_name: "Aline",
      driver_position: driverPosition,
      vehicle: pace,
      events,
      now: "2026-11-23T08:04:00.000Z",
      ...progress,
      realtime: null,
    },
  },
  sendLinkPositions: {
    request: { token, points: [point] },
    response: { results: [{ accepted: true }], accepted: 1 },
  },
} as const satisfies Readonly<Record<string, Example>>;
