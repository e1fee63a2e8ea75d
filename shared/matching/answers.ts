import { z } from "zod";
import { vehiclePace } from "../geo/mod.ts";

const timestamp = z.iso.datetime({ offset: true });

/** A person's record in a role: averages, null where nothing is known, and the counts they rest on. */
const standing = z.object({
  rating: z.number().nullable().describe("1 to 5, the average of what others gave"),
  rating_count: z.number().int(),
  acceptance_rate: z.number().nullable().describe("0 to 1, of the offers and proposals"),
  offer_count: z.number().int(),
  completion_rate: z.number().nullable().describe("0 to 1, of the matches"),
  match_count: z.number().int(),
  total_trips: z.number().int().describe("Rides completed"),
});

/** Somebody available, as the database's search gives them. */
export const candidateRow = z.object({
  trip_id: z.guid(),
  user_id: z.guid(),
  lat: z.number(),
  lng: z.number(),
  position_age_s: z.number(),
  expires_in_s: z.number(),
  standing,
});

/** Somebody available, as the database's search gives them. */
export type CandidateRow = z.infer<typeof candidateRow>;

/** Somebody available, as the API shows them: metres and seconds from where the search was made. */
export const found = candidateRow.omit({ standing: true, expires_in_s: true }).extend({
  position_age_s: z.number().describe("How long ago the position was, in seconds"),
  vehicle_type: z.string(),
  distance_m: z.number().describe("Through the air, in metres"),
  ...standing.shape,
});

/** Somebody available, as the API shows them. */
export type Found = z.infer<typeof found>;

/** What the database answers to a search around a point, nearest first. */
export const nearbyAnswer = z.object({ vehicle: vehiclePace, found: z.array(candidateRow) });

/** The trip that looks for a counterpart, as far as a search needs it. */
export const searchingTrip = z.object({
  id: z.guid(),
  user_id: z.guid(),
  role: z.enum(["driver", "passenger"]),
  vehicle_type: z.string(),
  lat: z.number(),
  lng: z.number(),
  expires_at: timestamp,
  /** People with whom it was matched before, in vain. */
  refused_by: z.array(z.guid()),
});

/** The trip that looks for a counterpart. */
export type SearchingTrip = z.infer<typeof searchingTrip>;

/** What the database answers to a search for a trip. */
export const counterpartsAnswer = nearbyAnswer.extend({ trip: searchingTrip });
