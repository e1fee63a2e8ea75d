import { z } from "zod";
import { point } from "../geo/mod.ts";
import { instant } from "../platform/mod.ts";

/** One position: degrees, metres, degrees clockwise from north, metres a second. */
export const position = point.extend({
  trip_id: z.guid().transform((value) => value.toLowerCase()),
  recorded_at: instant.optional().describe("Now, unless said otherwise"),
  accuracy_m: measure(100_000).nullish().describe("Metres"),
  heading: measure(360).nullish().describe("Degrees clockwise from north"),
  speed_mps: measure(150).nullish(),
  mock: z.boolean().nullish()
    .describe("Whether the phone says that an app made the position up"),
  by_hand: z.boolean().nullish().describe(
    "From the service alone: a pin that somebody set, or a replay, which is not judged",
  ),
}).meta({ id: "PositionInput" });

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
