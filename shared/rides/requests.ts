import { z } from "zod";
import { place } from "../geo/mod.ts";
import { vehicleType } from "../matching/mod.ts";
import { instant, text } from "../platform/mod.ts";

const id = z.guid().transform((value) => value.toLowerCase());
const side = z.enum(["driver", "passenger"]);
/** A week ahead is as far as a promise of a ride means anything. */
const MAX_AHEAD_MS = 7 * 24 * 3600 * 1000;

/** Opening a trip. `user_id` may be left out by a signed-in user, whose own it then is. */
export const openTripRequest = z.object({
  user_id: id.optional().describe("Whose trip; a signed-in user may leave it out"),
  role: side,
  vehicle_type: vehicleType,
  pickup: place,
  dropoff: place.nullish().describe("With one, the trip has a distance, a duration and a fare"),
  expires_in_s: z.number().int().min(60).max(86_400).default(1_800)
    .describe("How long to look for a counterpart, in seconds"),
  scheduled_for: instant.refine(
    (at) => Date.parse(at) > Date.now() && Date.parse(at) < Date.now() + MAX_AHEAD_MS,
    "Must be in the future and at most seven days ahead",
  ).nullish().describe("For later, up to seven days; searched and matched from 15 minutes before"),
});

/** Cancelling a trip. */
export const cancelTripRequest = z.object({ reason: text(300).optional() });

/** Proposing a match. A signed-in user proposes for their own trip, whatever `initiated_by` says. */
export const acceptMatchRequest = z.object({
  passenger_trip_id: id,
  driver_trip_id: id,
  initiated_by: side.default("passenger")
    .describe("For the service; a signed-in user proposes for their own trip"),
  respond_within_s: z.number().int().min(5).max(600).default(60)
    .describe("Seconds the other side has to answer"),
});

/** Accepting, declining, arriving, completing: nothing to say, but which side when the service acts. */
export const advanceRequest = z.object({
  as: side.optional().describe("For whom the service acts; needed where either side could"),
}).meta({ id: "AdvanceMatchRequest" });

/** Starting the ride with the number the passenger tells the driver. */
export const startRequest = advanceRequest.extend({
  pin: z.string().regex(/^[0-9]{4}$/, "Must be the passenger's 4 digits, as a string")
    .describe("What the passenger says"),
});

/** Cancelling a match; `as` is needed from the service. */
export const cancelRequest = advanceRequest.extend({
  reason: text(300),
  keep_searching: z.boolean().default(false)
    .describe("The passenger's trip goes on looking for another driver"),
});

/** Rating a completed ride; `as` is needed from the service. */
export const rateRequest = advanceRequest.extend({
  rating: z.number().int().min(1).max(5),
  comment: text(500).optional(),
});
