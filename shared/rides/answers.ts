import { z } from "zod";
import { vehiclePace } from "../geo/mod.ts";

const timestamp = z.iso.datetime({ offset: true });
const placeAnswer = z.object({ lat: z.number(), lng: z.number(), text: z.string().nullable() })
  .meta({ id: "Place" });

/** A trip, as the API shows it. Distances in metres, durations in seconds, fares in whole units of the currency. */
export const trip = z.object({
  id: z.guid(),
  user_id: z.guid(),
  role: z.enum(["driver", "passenger"]),
  vehicle_type: z.string(),
  status: z.enum(["open", "matched", "completed", "expired", "cancelled"]),
  pickup: placeAnswer,
  dropoff: placeAnswer.nullable(),
  distance_m: z.number().int().nullable().describe("From pickup to dropoff, on the road"),
  duration_s: z.number().int().nullable(),
  fare_amount: z.number().int().nullable().describe("In whole units of the currency"),
  currency: z.string().nullable(),
  scheduled_for: timestamp.nullable(),
  expires_at: timestamp,
  created_at: timestamp,
  updated_at: timestamp,
  cancel_reason: z.string().nullable(),
}).meta({ id: "Trip", description: "Somebody's wish to ride, or to drive" });

/** The states of a match. */
export const matchStatus = z.enum([
  "pending",
  "accepted",
  "driver_arrived",
  "in_progress",
  "completed",
  "declined",
  "expired",
  "cancelled_driver",
  "cancelled_passenger",
]).meta({ id: "MatchStatus" });

/** A match, as the API shows it to one viewer: only the passenger and the service see the PIN. */
export const match = z.object({
  id: z.guid(),
  status: matchStatus,
  initiated_by: z.enum(["driver", "passenger"]),
  respond_by: timestamp.describe("Until when the side that did not propose may answer"),
  passenger_trip_id: z.guid(),
  driver_trip_id: z.guid(),
  passenger_user_id: z.guid(),
  driver_user_id: z.guid(),
  vehicle_type: z.string(),
  pickup: placeAnswer,
  dropoff: placeAnswer.nullable(),
  distance_m: z.number().int().nullable(),
  fare_amount: z.number().int().nullable()
    .describe("In whole units of the currency; an estimate until the ride is over"),
  currency: z.string().nullable(),
  created_at: timestamp,
  updated_at: timestamp,
  accepted_at: timestamp.nullable(),
  arrived_at: timestamp.nullable(),
  started_at: timestamp.nullable(),
  completed_at: timestamp.nullable(),
  ended_at: timestamp.nullable(),
  cancel_reason: z.string().nullable(),
  pin: z.string().nullable().optional()
    .describe(
      "What the passenger tells the driver to start; for the passenger and the service alone",
    ),
}).meta({ id: "Match", description: "One passenger trip and one driver trip, bound to a ride" });

/** A match, as the API shows it to one viewer. */
export type Match = z.infer<typeof match>;

/** What the database answers when a trip is opened. */
export const openedTrip = z.object({
  trip,
  replaced_trip_id: z.guid().nullable(),
  /** Whom a block keeps away from this person; for the cached search alone. */
  refused_by: z.array(z.guid()),
  vehicle: vehiclePace,
});

/** What the database answers when a trip is cancelled. */
export const cancelledTrip = z.object({ trip, match: match.nullable() });

/** What the database answers to a rating. */
export const rating = z.object({
  match_id: z.guid(),
  rated_by: z.enum(["driver", "passenger"]),
  rating: z.number().int(),
  comment: z.string().nullable(),
}).meta({ id: "Rating" });
