import { z } from "zod";
import { point } from "../geo/mod.ts";
import { instant } from "../platform/mod.ts";

/** One position: degrees, metres, degrees clockwise from north, metres a second. */
export const position = point.extend({
  trip_id: z.guid().transform((value) => value.toLowerCase()),
  recorded_at: instant.optional(),
  accuracy_m: measure(100_000).nullish(),
  heading: measure(360).nullish(),
  speed_mps: measure(150).nullish(),
  /** Whether the phone says that an app made the position up. */
  mock: z.boolean().nullish(),
  /** A pin that somebody set, or the service knows to be true: not judged. Only the service may say so. */
  by_hand: z.boolean().nullish(),
});

/** Positions kept by a phone while it was offline, or of many phones. */
export const positions = z.object({ locations: z.array(position).min(1).max(500) });

/** The secret of a link to a ride. */
export const linkToken = z.string().min(1).max(200);

/** Positions of the driver of the ride that a link is to; a page keeps them while it is offline. */
export const linkPositions = z.object({
  token: linkToken,
  points: z.array(position.omit({ trip_id: true, by_hand: true })).min(1).max(100),
});

/** In thousandths: PostgreSQL refuses numbers too near to zero. */
function measure(max: number): z.ZodType<number> {
  return z.number().min(0).max(max).transform((value) => Math.round(value * 1000) / 1000);
}
