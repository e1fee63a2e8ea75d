import { z } from "zod";
import { vehiclePace } from "../geo/mod.ts";
import { match, trip } from "../rides/mod.ts";

const timestamp = z.iso.datetime({ offset: true });

/** What became of one position. */
export const positionResult = z.object({
  trip_id: z.guid(),
  accepted: z.boolean(),
  code: z.string().optional(),
});

/** Where somebody was last, and how many seconds ago. */
export const livePosition = z.object({
  lat: z.number(),
  lng: z.number(),
  position_at: timestamp,
  position_age_s: z.number().int(),
  accuracy_m: z.number().nullable(),
  heading: z.number().nullable(),
  speed_mps: z.number().nullable(),
}).nullable();

/** A trip with its position and its newest match. */
export const trackedTrip = z.object({ trip, position: livePosition, match: match.nullable() });

/** A match with both positions and its history. */
export const trackedMatch = z.object({
  match,
  driver_position: livePosition,
  passenger_position: livePosition,
  vehicle: vehiclePace,
  events: z.array(z.object({
    from_status: z.string().nullable(),
    to_status: z.string(),
    actor: z.string(),
    at: timestamp,
  })),
});
