import { z } from "zod";
import { point } from "../geo/mod.ts";

/** One position: degrees, metres, degrees clockwise from north, metres a second. */
export const position = point.extend({
  trip_id: z.guid().transform((value) => value.toLowerCase()),
  recorded_at: z.iso.datetime({ offset: true }).optional(),
  accuracy_m: z.number().min(0).max(100_000).nullish(),
  heading: z.number().min(0).max(360).nullish(),
  speed_mps: z.number().min(0).max(150).nullish(),
});

/** Positions kept by a phone while it was offline, or of many phones. */
export const positions = z.object({ locations: z.array(position).min(1).max(500) });
