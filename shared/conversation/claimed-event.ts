import { z } from "zod";
import { inboundContent } from "../whatsapp/mod.ts";

const timestamp = z.iso.datetime({ offset: true });
const placeView = z.object({ lat: z.number(), lng: z.number(), text: z.string().nullable() });
const locale = z.enum(["en", "fr", "rw", "sw"]);
const side = z.enum(["driver", "passenger"]);

/** A trip of the person who writes. Metres, seconds, whole units of the currency. */
export const tripView = z.object({
  id: z.guid(),
  role: side,
  vehicle_type: z.string(),
  status: z.enum(["open", "matched", "completed", "expired", "cancelled"]),
  pickup: placeView,
  dropoff: placeView.nullable(),
  distance_m: z.number().int().nullable(),
  duration_s: z.number().int().nullable(),
  fare_amount: z.number().int().nullable(),
  currency: z.string().nullable(),
  scheduled_for: timestamp.nullable(),
  expires_at: timestamp,
});

/** A trip of the person who writes. */
export type TripView = z.infer<typeof tripView>;

/** A ride that the person takes part in, on their `side`. */
export const matchView = z.object({
  id: z.guid(),
  side,
  status: z.enum(["pending", "accepted", "driver_arrived", "in_progress", "completed"]),
  initiated_by: side,
  respond_by: timestamp,
  passenger_trip_id: z.guid(),
  driver_trip_id: z.guid(),
  other_name: z.string().nullable(),
  /** By this person. */
  rated: z.boolean(),
  completed_at: timestamp.nullable(),
});

/** A ride that the person takes part in. */
export type MatchView = z.infer<typeof matchView>;

/** What the system itself puts into a person's line: what follows from an earlier command. */
const taskContent = z.object({
  kind: z.literal("task"),
  task: z.literal("search"),
  trip_id: z.guid(),
});

/** An event that a worker holds, with all that is needed to answer it. */
export const claimedEvent = z.object({
  event: z.object({
    id: z.number().int(),
    lease: z.guid(),
    content: z.discriminatedUnion("kind", [...inboundContent.options, taskContent]),
    sent_at: timestamp,
    attempts: z.number().int(),
  }),
  person: z.object({
    user_id: z.guid(),
    locale,
    /** Chosen or detected before; else the first message has to tell. */
    locale_known: z.boolean(),
    display_name: z.string().nullable(),
    phone: z.string().nullable(),
    whatsapp_user_id: z.string().nullable(),
  }),
  conversation: z.object({ step: z.string(), context: z.record(z.string(), z.unknown()) }),
  situation: z.object({
    /** Open or matched, not scheduled. */
    passenger_trip: tripView.nullable(),
    driver_trip: tripView.extend({ position_age_s: z.number().nullable() }).nullable(),
    /** The soonest first. */
    scheduled_trips: z.array(tripView),
    /** The live match. */
    match: matchView.nullable(),
    /** The last one that was completed within seven days. */
    last_match: matchView.nullable(),
    /** Whether drivers are being asked for the passenger trip. */
    dispatching: z.boolean(),
    vehicles: z.array(z.object({ vehicle_type: z.string(), plate: z.string() })),
    vehicle_types: z.array(z.string()),
    now: timestamp,
    time_zone: z.string(),
  }),
});

/** An event that a worker holds, with all that is needed to answer it. */
export type ClaimedEvent = z.infer<typeof claimedEvent>;

/** What the person has under way. */
export type Situation = ClaimedEvent["situation"];
