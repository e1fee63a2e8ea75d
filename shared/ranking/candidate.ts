import { z } from "zod";

const rate = z.number().min(0).max(1).nullish();
const count = z.number().int().min(0).nullish();

/**
 * What ranking knows of a person. Rates are 0 to 1, distances metres, ages seconds; what is unknown may
 * be missing. The counts say how many events an average rests on; `total_trips` stands in for them.
 */
export const candidate = z.looseObject({
  trip_id: z.guid().optional(),
  user_id: z.string().max(100).optional(),
  distance_m: z.number().min(0).max(50_000_000).nullish(),
  position_age_s: z.number().min(0).nullish(),
  rating: z.number().min(1).max(5).nullish(),
  acceptance_rate: rate,
  completion_rate: rate,
  total_trips: count.describe("Stands in for counts that are not given"),
  rating_count: count,
  offer_count: count,
  match_count: count,
});

/** Somebody to rank. */
export type Candidate = z.infer<typeof candidate>;
