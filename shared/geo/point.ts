import { z } from "zod";

/** WGS 84 degrees. */
export const point = z.object({
  lat: z.number().min(-90).max(90),
  lng: z.number().min(-180).max(180),
});

/** A place on Earth in WGS 84 degrees. */
export type Point = z.infer<typeof point>;

/** A place as people give it: a point and, perhaps, its name. */
export const place = point.extend({ text: z.string().trim().min(1).max(300).nullish() });
