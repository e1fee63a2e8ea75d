import { z } from "zod";
import { vehiclePace } from "../geo/mod.ts";

const timestamp = z.iso.datetime({ offset: true });

/** Somebody available, as the database's search gives them. */
export const found = z.object({
  trip_id: z.guid(),
  user_id: z.guid(),
  vehicle_type: z.string(),
  lat: z.number(),
  lng: z.number(),
  distance_m: z.number(),
  position_age_s: z.number(),
  position_at: timestamp,
  expires_at: timestamp,
  rating: z.number().nullable(),
  rating_count: z.number().int(),
  acceptance_rate: z.number().nullable(),
  offer_count: z.number().int(),
  completion_rate: z.number().nullable(),
  match_count: z.number().int(),
  total_trips: z.number().int(),
});

/** Somebody available near a point; `distance_m` is from where the search was made. */
export type Found = z.infer<typeof found>;

/** What the database answers to a search around a point. */
export const nearbyAnswer = z.object({ vehicle: vehiclePace, found: z.array(found) });

/** The trip that looks for a counterpart, as far as a search needs it. */
export const searchingTrip = z.object({
  id: z.guid(),
  user_id: z.guid(),
  role: z.enum(["driver", "passenger"]),
  vehicle_type: z.string(),
  lat: z.number(),
  lng: z.number(),
  expires_at: timestamp,
  /** People who turned this trip down, let its proposal lapse, or cancelled on it. */
  refused_by: z.array(z.guid()),
});

/** The trip that looks for a counterpart. */
export type SearchingTrip = z.infer<typeof searchingTrip>;

/** What the database answers to a search for a trip. */
export const counterpartsAnswer = nearbyAnswer.extend({ trip: searchingTrip });
