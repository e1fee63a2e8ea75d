import { z } from "zod";
import { match, trip } from "../rides/mod.ts";

const timestamp = z.iso.datetime({ offset: true });
const count = z.number().int();
const name = z.string().nullable();
const place = trip.shape.pickup;
const matchStatus = match.shape.status;
const livePosition = z.object({
  lat: z.number(),
  lng: z.number(),
  position_at: timestamp,
  position_age_s: count.describe("How long ago its owner was last seen"),
  accuracy_m: z.number().nullable(),
  heading: z.number().nullable().describe("Degrees clockwise from north"),
  speed_mps: z.number().nullable(),
}).meta({ id: "LivePosition", description: "Where somebody was last" }).nullable();
const operator = z.string().describe("Who asked: an operator's name, or `service`");

const waitingTrip = z.object({
  trip_id: z.guid(),
  vehicle_type: z.string(),
  name,
  wait_s: count,
  pickup: place,
  dropoff: place.nullable(),
  fare_amount: count.nullable(),
  currency: z.string().nullable(),
  expires_at: timestamp,
  dispatch: z.object({
    id: z.guid(),
    candidates: count,
    offered: count,
    started_at: timestamp,
  }).nullable().describe("The search that runs; null when the passenger looks alone"),
}).meta({ id: "WaitingTrip", description: "A passenger whom nobody takes yet" });

const freeDriver = z.object({
  trip_id: z.guid(),
  vehicle_type: z.string(),
  name,
  plate: z.string().nullable(),
  lat: z.number(),
  lng: z.number(),
  heading: z.number().nullable(),
  trust: z.number().describe("How far the positions are believed, 0 to 1"),
  position_age_s: count,
  is_offered: z.boolean(),
}).meta({ id: "FreeDriver" });

const standingOffer = z.object({
  offer_id: z.guid(),
  dispatch_id: z.guid(),
  passenger_trip_id: z.guid(),
  driver_trip_id: z.guid(),
  vehicle_type: z.string(),
  driver_name: name,
  distance_m: count,
  eta_s: count,
  created_at: timestamp,
  expires_at: timestamp,
}).meta({ id: "StandingOffer" });

const liveRide = z.object({
  match_id: z.guid(),
  status: matchStatus,
  vehicle_type: z.string(),
  is_sos: z.boolean().describe("Whether somebody called for help whom nobody has taken up"),
  initiated_by: z.enum(["driver", "passenger"]),
  respond_by: timestamp,
  created_at: timestamp,
  updated_at: timestamp,
  passenger_name: name,
  driver_name: name,
  plate: z.string().nullable(),
  pickup: place,
  dropoff: place.nullable(),
  passenger_position: livePosition,
  driver_position: livePosition,
}).meta({ id: "LiveRide" });

/** Everything that is going on now; lists have at most 500 entries, the counts know of all. */
export const overview = z.object({
  operator,
  now: timestamp,
  counts: z.object({
    waiting: count,
    oldest_wait_s: count.nullable(),
    available: z.record(z.string(), count),
    rides: z.record(z.string(), count),
    dispatches: count,
    sos: count,
    dead_letters: count,
  }),
  trips: z.array(waitingTrip),
  drivers: z.array(freeDriver),
  offers: z.array(standingOffer),
  rides: z.array(liveRide),
});

/** What a map is drawn on, the smallest area first; boxes in degrees. */
export const city = z.object({
  operator,
  time_zone: z.string(),
  areas: z.array(z.object({
    code: z.string(),
    name: z.string(),
    south: z.number(),
    west: z.number(),
    north: z.number(),
    east: z.number(),
  })),
  vehicle_types: z.array(z.object({ code: z.string(), name: z.string() })),
  places: z.array(z.object({
    name: z.string(),
    lat: z.number(),
    lng: z.number(),
    weight: z.number(),
  })),
});

const person = z.object({
  user_id: z.guid(),
  name,
  phone: z.string().nullable(),
  locale: z.string(),
  rating: z.number().nullable(),
  rating_count: count,
  total_trips: count,
});

const timelineEntry = z.object({
  at: timestamp,
  kind: z.enum(["opened", "dispatch", "offer", "match", "operator", "sos", "rating", "message"]),
  match_id: z.guid().optional(),
  driver_name: z.string().optional(),
  from_status: z.string().optional(),
  status: z.string().optional(),
  actor: z.string().optional(),
  candidates: count.optional(),
  offered: count.optional(),
  distance_m: count.optional(),
  eta_s: count.optional(),
  action: z.string().optional(),
  name: z.string().optional(),
  reason: z.string().optional(),
  alert_id: z.guid().optional(),
  side: z.string().optional(),
  acknowledged_at: timestamp.optional(),
  acknowledged_by: z.string().optional(),
  by: z.string().optional(),
  rating: count.optional(),
  comment: z.string().optional(),
  message: z.string().optional(),
  to: z.string().optional(),
  error_code: count.optional(),
}).meta({
  id: "TimelineEntry",
  description: "What happened, each kind with what is known of it; of messages never what they say",
});

/** A ride in full. */
export const rideInFull = z.object({
  operator,
  now: timestamp,
  match: match.omit({ pin: true }),
  passenger: person,
  driver: person.extend({ plate: z.string().nullable() }),
  positions: z.object({
    driver: livePosition,
    passenger: livePosition,
    points: count,
    predicted_pickup_s: count.nullable(),
    predicted_ride_s: count.nullable(),
  }),
  way: z.array(z.tuple([z.number(), z.number()]))
    .describe("Where it went: [lat, lng] in degrees, the oldest of at most 500 points first"),
  timeline: z.array(timelineEntry),
});

const alert = z.object({
  alert_id: z.guid(),
  match_id: z.guid(),
  side: z.enum(["driver", "passenger"]),
  lat: z.number().nullable(),
  lng: z.number().nullable(),
  created_at: timestamp,
  age_s: count,
  acknowledged_at: timestamp.nullable(),
  acknowledged_by: z.string().nullable(),
  name,
  phone: z.string().nullable(),
  other_name: name,
  other_phone: z.string().nullable(),
  match_status: matchStatus,
  vehicle_type: z.string(),
  plate: z.string().nullable(),
}).meta({ id: "Alert", description: "A call for help" });

/** Calls for help: those nobody has taken up first. */
export const alerts = z.object({ operator, alerts: z.array(alert) });

/** A call for help that was taken up. */
export const acknowledged = z.object({ operator, alert });

/** The queues that give up. */
export const queue = z.enum(["outbox", "deliveries", "inbox"]);

/** What the queues gave up, never what it says. */
export const deadLetters = z.object({
  operator,
  letters: z.array(
    z.object({
      queue,
      id: z.string(),
      kind: z.string(),
      to: name,
      error_code: z.string().nullable(),
      error_detail: z.string().nullable(),
      attempts: count,
      created_at: timestamp,
      is_expired: z.boolean().describe("Not worth another attempt"),
    }).meta({ id: "DeadLetter" }),
  ),
});

/** The dead letter that was queued again, or dropped. */
export const letterMoved = z.object({ operator, queue, id: z.string() })
  .meta({ id: "LetterResponse" });

/** What was cancelled. */
export const cancelled = z.object({
  operator,
  match: match.omit({ pin: true }).optional(),
  trip: trip.optional(),
}).meta({ id: "OperatorCancelResponse" });

/** Whom to find another driver for, and the match that was taken apart for it. */
export const freed = z.object({
  operator,
  passenger_trip_id: z.guid(),
  match: match.omit({ pin: true }).nullable(),
});
