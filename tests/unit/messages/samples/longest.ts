import { typical } from "./typical.ts";
import { id, match, offer, type Samples, trip } from "./values.ts";

const family = "👨‍👩‍👧‍👦";
const name = `Nyiransabimana ${family} Uwimana\u202Eesrever ${"Ingabire ".repeat(20)}`.slice(
  0,
  120,
);
const text = `Hôtel des Mille Collines\n\t– ${"Umudugudu w’Ubumwe ".repeat(20)}`.slice(0, 300);
const most = 2_147_483_647;
const longFare = { fare_amount: most, currency: "RWF" };
const far = { distance_m: 20_015_115, eta_s: 9_999_999 };
const place = { lat: -1.9499123456789, lng: 30.0588123456789, text };
const farPlace = { lat: 89.999999999999, lng: -179.999999999999, text };
const longToken = "T".repeat(200);
const type = "three_wheeled_cargo_vehicle_with_trailer";
const plate = "RAD 123456789 BC";
const longPin = "482163";
const longRated = { rating: 4.999999, rating_count: most };
const longZone = { time_zone: "America/Argentina/ComodRivadavia" };
const saturday = "2026-11-28T23:59:59.123456+02:00";
const many = (count: number): number[] => Array.from({ length: count }, (_, n) => n % 10);
const longRide = {
  ...far,
  pickup: place,
  dropoff: farPlace,
  ride_distance_m: far.distance_m,
  ...longFare,
  passenger_rating: 4.999999,
  passenger_rating_count: most,
};

/** The longest and largest that can come. */
export const longest: Samples = {
  ...typical,
  welcome: [{ name }],
  unsupported: [{ type: text }],
  refusal: [
    { code: text, details: { attempts_left: most } },
    { code: "PIN_INVALID", details: { attempts_left: most } },
    { code: "PIN_LOCKED", details: { retry_after_s: most } },
    { code: "RATE_LIMITED", details: { retry_after_s: most } },
  ],
  choose_vehicle: [{ role: "passenger", vehicle_types: many(12).map((n) => `${type}_${n}`) }],
  choose_time: [{ times: many(12).map((n) => `2026-11-28T0${n}:00:00.123456+02:00`), ...longZone }],
  ask_dropoff: [{ pickup: text }],
  place_not_found: [{ text: text.repeat(13) }],
  drivers_found: [{
    trip_id: trip,
    vehicle_type: type,
    radius_m: far.distance_m,
    wider: true,
    ...longFare,
    distance_m: far.distance_m,
    drivers: many(9).map((n) => ({
      trip_id: id(n),
      name,
      ...longRated,
      ...far,
      total_trips: most,
    })),
  }],
  nobody_near: [{ trip_id: trip, radius_m: far.distance_m }],
  somebody_near: [{ trip_id: trip, vehicle_type: type }],
  asking_driver: [{ trip_id: trip, driver_name: name, respond_s: 86_400 }],
  driver_declined: [{ trip_id: trip, driver_name: name }],
  driver_silent: [{ trip_id: trip, driver_name: name }],
  proposal_to_passenger: [{
    match_id: match,
    driver_name: name,
    ...longRated,
    vehicle_type: type,
    plate,
    ...far,
    ...longFare,
    respond_s: 86_400,
  }],
  ride_accepted: [{
    match_id: match,
    driver_name: name,
    ...longRated,
    plate,
    vehicle_type: type,
    ...far,
    pin: longPin,
    link_token: longToken,
    ...longFare,
  }],
  driver_arrived: [{ match_id: match, driver_name: name, plate, pin: longPin }],
  ride_started: [{ match_id: match, driver_name: name, link_token: longToken }],
  receipt: [{
    match_id: match,
    driver_name: name,
    ...longFare,
    distance_m: far.distance_m,
    duration_s: far.eta_s,
    completed_at: saturday,
    ...longZone,
  }],
  cancelled_by_driver: [{ match_id: match, trip_id: trip, reason: text }],
  scheduled: [{ trip_id: trip, at: saturday, ...longFare, ...longZone }],
  scheduled_reminder: [{ trip_id: trip, at: saturday, ...longZone }],
  ask_plate: [{ vehicle_type: type }],
  online: [{ trip_id: trip, vehicle_type: type, until: saturday, ...longZone }],
  still_online: [{ trip_id: trip, until: saturday, ...longZone }],
  offline: [{ rides: most, earnings: most, currency: "RWF" }],
  offer: [{ offer_id: offer, ...longRide, expires_in_s: 86_400 }],
  proposal: [{ match_id: match, ...longRide, respond_s: 86_400 }],
  ride_won: [{
    match_id: match,
    passenger_name: name,
    pickup: place,
    dropoff: farPlace,
    ...longFare,
    link_token: longToken,
  }],
  ride_running: [{ match_id: match, dropoff: farPlace }],
  ride_done: [{
    match_id: match,
    passenger_name: name,
    ...longFare,
    rides_today: most,
    earnings_today: most,
    online: true,
  }],
  cancelled_by_passenger: [{ match_id: match, reason: text }],
  passengers_near: [{
    trip_id: trip,
    passengers: many(9).map((n) => ({ trip_id: id(n), ...far })),
  }],
  asking_passenger: [{ match_id: match, passenger_name: name, respond_s: 86_400 }],
  today: [{
    rides: most,
    earnings: most,
    currency: "RWF",
    ...longRated,
    rides_as_passenger: most,
  }],
  rated: [{ match_id: match, rating: 1, other_name: name }],
  relayed: [
    { from_role: "driver", name, text: text.repeat(14) },
    { from_role: "passenger", name, text: `${family}\n`.repeat(500) },
  ],
  blocked: [{ name }],
  unblocked: [{ name }],
  blocked_list: [{ people: many(30).map((n) => ({ user_id: id(n), name })).slice(0, 10) }],
  sos_sent: [{ match_id: match, contacts: 9 }],
  sos_alert: [{ name, link_token: longToken, at: saturday, ...longZone }],
  share_trip: [{ link_token: longToken }],
  contacts: [{ contacts: many(10).map((n) => ({ id: id(n), name, phone_tail: "0000000000000" })) }],
  contact_added: [{ name }],
  contact_removed: [{ name }],
};
