import { z } from "zod";
import { text } from "../platform/mod.ts";

/** WGS 84 degrees. */
export const point = z.object({
  lat: z.number().min(-90).max(90).transform(withoutUnderflow)
    .describe("Degrees north; points that nobody can be at, as 0, 0, are refused"),
  lng: z.number().min(-180).max(180).transform(withoutUnderflow).describe("Degrees east"),
});

/** A place on Earth in WGS 84 degrees. */
export type Point = z.infer<typeof point>;

/** A place as people give it: a point and, perhaps, its name. */
export const place = point.extend({
  text: text(300).nullish().describe("What people call it"),
}).meta({ id: "PlaceInput", description: "A place as people give it" });

/** PostgreSQL refuses numbers too near to zero; a billionth of a degree is a tenth of a millimetre. */
function withoutUnderflow(degrees: number): number {
  return Math.abs(degrees) < 1e-9 ? 0 : degrees;
}
