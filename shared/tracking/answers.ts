import { z } from "zod";
import { vehiclePace } from "../geo/mod.ts";
import { match, trip } from "../rides/mod.ts";

const timestamp = z.iso.datetime({ offset: true });

/** What became of one position. */
export const positionResult = z.object({
  trip_id: z.guid(),
  accepted: z.boolean(),
  code: z.string().optional().describe("The error code that says why it was not used"),
}).meta({ id: "PositionResult" });

/** Where somebody was last, and how many seconds ago. */
export const livePosition = z.object({
  lat: z.number(),
  lng: z.number(),
  position_at: timestamp,
  position_age_s: z.number().int().describe("How long ago its owner was last seen"),
  accuracy_m: z.number().nullable(),
  heading: z.number().nullable().describe("Degrees clockwise from north"),
  speed_mps: z.number().nullable(),
}).meta({ id: "LivePosition", description: "Where somebody was last" }).nullable();

/** A trip with its position and its newest match. */
export const trackedTrip = z.object({ trip, position: livePosition, match: match.nullable() });

const events = z.array(
  z.object({
    from_status: z.string().nullable(),
    to_status: z.string(),
    actor: z.string(),
    at: timestamp,
  }).meta({ id: "MatchEvent" }),
);

/** A match with both positions and its history. */
export const trackedMatch = z.object({
  match,
  driver_position: livePosition.describe("Null once the ride is over"),
  passenger_position: livePosition.describe("Null once the ride is over"),
  vehicle: vehiclePace,
  events,
});

/** How far a ride is, as progressOf() tells it. */
export const progress = {
  heading_for: z.enum(["pickup", "dropoff"]).nullable().describe("What the driver is heading for"),
  remaining_m: z.number().nullable().describe("On the road, in metres"),
  eta_s: z.number().nullable(),
  progress: z.number().nullable()
    .describe("The part of the way from pickup to dropoff that is done, 0 to 1, during the ride"),
};

/** For whose eyes a link to a ride is. */
export const linkViewer = z.enum(["driver", "passenger", "guest"]);

/** A ride as a link shows it: nobody's ids; the PIN for the passenger alone, the fare not for a guest. */
export const linkedRide = z.object({
  link: z.object({
    id: z.guid(),
    viewer: linkViewer,
    expires_at: timestamp,
    locale: z.string().nullable(),
  }),
  match: match.omit({
    passenger_trip_id: true,
    driver_trip_id: true,
    passenger_user_id: true,
    driver_user_id: true,
  }).partial({ fare_amount: true, currency: true })
    .describe("The PIN is for the passenger alone, the fare not for a guest"),
  driver: z.object({
    driver_name: z.string().nullable(),
    vehicle_type: z.string(),
    plate: z.string().nullable(),
    rating: z.number().nullable(),
    rating_count: z.number().int(),
  }),
  passenger_name: z.string().nullable(),
  driver_position: livePosition,
  vehicle: vehiclePace,
  events,
  now: timestamp.describe("By the clock that the other times are by"),
});
